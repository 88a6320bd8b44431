// What to add to the configuration so that nothing is missing: ready to be copied, or allowed by one press on the admin page.
import { stringify } from 'yaml';
import { parseOrigin } from '../../protocol/address.ts';
import { entryOf } from '../sites/allow-host.ts';
import type { Site } from '../sites/config.ts';
import { shownHost } from '../sites/hosts.ts';
import { type CheckedHost, isMissing } from './report.ts';

/** '' when nothing is missing. */
export function snippetFor(site: Site, hosts: readonly CheckedHost[]): string {
  const missing = hosts.filter(isMissing).flatMap(({ origin, kinds }) => {
    const parsed = parseOrigin(origin);
    return parsed ? [{ origin, parsed, shown: kinds.frame !== undefined }] : [];
  });
  if (missing.length === 0) return '';
  const names = new Set<string>();
  const entries = missing.map(({ origin, parsed, shown }) => {
    const short = shownHost(parsed.host);
    const title = names.has(short) ? origin : short;
    names.add(title);
    return { title, shown, entry: entryOf(title, parsed) };
  });
  const titles = (shown: boolean) => entries.filter((one) => one.shown === shown).map(({ title }) => title);
  const list = (before: readonly { title: string }[], more: string[]) => [
    ...before.map(({ title }) => title),
    ...more,
  ];
  const flow = { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 } as const;
  const line = (key: string, value: unknown) => `    ${key}: ${stringify(value, flow).trim()}\n`;
  const domains = entries
    .map(({ entry }) =>
      Object.entries(entry)
        .map(
          ([key, value], index) => `  ${index === 0 ? '-' : ' '} ${key}: ${stringify(value, flow).trim()}\n`,
        )
        .join(''),
    )
    .join('');
  const shown = titles(true);
  const loaded = titles(false);
  return [
    '# add to "domains":\n',
    domains,
    `# and at the site "${site.id}":\n`,
    ...(shown.length > 0 ? [line('domains', list(site.domains, shown))] : []),
    ...(loaded.length > 0 ? [line('resources', list(site.resources, loaded))] : []),
  ].join('');
}
