// The report of `tandem check` as a person reads it on a terminal.
import { type CheckReport, type FindingKind, isMissing, type Severity } from './report.ts';

const TITLES: Record<FindingKind, string> = {
  'page-error': 'Pages that answer with an error',
  'redirect-off-list': 'Redirects to hosts that are not on the list: the customer reads that it is outside',
  'resource-shown': 'Frames of hosts that are listed under "resources" only: list them under "domains"',
  'meta-refresh-off-list': 'Pages that go on by themselves to a host that may not be shown',
  'policy-panel': 'The site’s own policy does not let the contact panel in; it needs',
  'policy-sandbox': 'Pages whose policy makes their origin opaque: they have no cookies and no storage',
  'signed-address':
    'Signed addresses in scripts: where the signature covers the host, add this to "options.keepLiterals"',
  'mixed-content': 'Loaded over plain http by pages of https',
  'service-worker': 'Service workers, which are refused in a session: pages must work without',
  'cookie-http-only':
    'Cookies that scripts cannot read: not carried over at Start unless the site hands them over (docs/HANDOVER.md); who was signed in signs in again',
  'mask-unused': 'Selectors of the site’s options that found nothing on these pages',
  'input-unmasked': 'Fields that look as if agents should not read them, and are not masked',
  'frame-header': 'Headers against framing (the gateway’s own take their place)',
  'speculation-rules': 'Speculation rules (switched off in a session)',
  'meta-refresh': 'Pages that go on by themselves (mapped)',
  'named-in-script':
    'Hosts that scripts name and the list does not; they may be asked for, or only be mentioned',
};
const MARKS: Record<Severity, string> = { problem: '✗', warning: '!', note: '·' };
const MAX_LISTED = 20;

export function formatReport(report: CheckReport): string {
  const { site, start, pages, hosts, findings, cutBy, snippet } = report;
  const lines = [`${site}: ${pages.length} pages from ${start} on${cutBy === null ? '' : CUT[cutBy]}`, ''];
  const missing = hosts.filter(isMissing);
  const listed = hosts.filter((host) => host.listed !== 'no');
  const left = hosts.filter((host) => host.listed === 'no' && !isMissing(host));
  const listing = (title: string, some: typeof hosts) => {
    if (some.length === 0) return;
    lines.push(title);
    for (const host of some.slice(0, MAX_LISTED)) {
      const kinds = Object.entries(host.kinds).map(([kind, count]) => `${kind} ${count}`);
      const where = host.listed === 'no' ? `  on ${host.pages[0]}` : `  (${host.listed})`;
      lines.push(`    ${host.origin}  ${kinds.join(', ')}${where}`);
    }
    if (some.length > MAX_LISTED) lines.push(`    and ${some.length - MAX_LISTED} more`);
    lines.push('');
  };
  listing('✗ Hosts that pages load from or show, and that are not on the list', missing);
  for (const kind of new Set(findings.map((finding) => finding.kind))) {
    const some = findings.filter((finding) => finding.kind === kind);
    lines.push(`${MARKS[some[0]!.severity]} ${TITLES[kind]}`);
    for (const { what, pages: where } of some.slice(0, MAX_LISTED))
      lines.push(`    ${what}${where.length > 0 ? `  on ${where[0]}${where.length > 1 ? ' …' : ''}` : ''}`);
    if (some.length > MAX_LISTED) lines.push(`    and ${some.length - MAX_LISTED} more`);
    lines.push('');
  }
  listing('· Hosts on the list', listed);
  listing('· Other hosts that links lead to: they are outside of the session', left);
  if (snippet === '') lines.push('No host is missing.');
  else
    lines.push(
      'To let pages have what they miss (or allow it on the System Settings page):',
      '',
      snippet.trimEnd(),
    );
  // What comes from a site must not steer the terminal.
  return `${lines.join('\n').replace(/[^\P{Cc}\n]/gu, '?')}\n`;
}

const CUT = {
  pages: ' (there are more: raise --pages)',
  time: ' (the time was up: raise --seconds)',
} as const;
