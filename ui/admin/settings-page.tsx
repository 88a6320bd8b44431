// System Settings: the one switch first, then agents, sites and domains with what depends on them, and faults of the file.
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { Me, Settings } from '../../protocol/http-api.ts';
import { Switch } from '../design/button.tsx';
import { Avatar, Chip, Empty, Notice, Spinner } from '../design/display.tsx';
import { Icon } from '../design/icon.tsx';
import { sentenceOf, t } from '../words.ts';
import { BlockedHosts } from './blocked-hosts.tsx';
import { type LiveSettings, SYSTEM, startSettings } from './settings.ts';

export function SettingsPage({ me }: { me: Me }) {
  if (!me.roles.includes('admin')) {
    return (
      <main class="admin">
        <h1 class="visually-hidden">{t('admin.title')}</h1>
        <Empty icon="lock" title={t('admin.refused')}>
          {sentenceOf('not-allowed')}
        </Empty>
      </main>
    );
  }
  return <Page />;
}

function Page() {
  const live = useMemo(startSettings, []);
  useEffect(() => () => live.stop(), [live]);
  const settings = live.settings.value;
  return (
    <main class="admin">
      <div class="admin-inner">
        <header class="admin-head">
          <h1 class="admin-title">{t('admin.title')}</h1>
          <p class="dialog-lead">{t('admin.lead')}</p>
        </header>
        <div role="alert">
          {live.failed.value && <Notice tone="danger" icon="warning" children={live.failed.value} />}
        </div>
        {settings ? (
          <>
            <Problems problems={settings.problems} />
            <System live={live} settings={settings} />
            <Agents live={live} settings={settings} />
            <Sites live={live} settings={settings} />
            <Domains settings={settings} />
          </>
        ) : (
          !live.failed.value && (
            <p role="status">
              <Spinner /> <span class="visually-hidden">{t('loading')}</span>
            </p>
          )
        )}
      </div>
    </main>
  );
}

function Section({
  id,
  title,
  note,
  children,
}: {
  id: string;
  title: string;
  note?: string;
  children: ComponentChildren;
}) {
  return (
    <section class="admin-section" aria-labelledby={id}>
      <h2 id={id} class="admin-section-title">
        {title}
      </h2>
      {note && <p class="admin-note">{note}</p>}
      {children}
    </section>
  );
}

function Problems({ problems }: { problems: Settings['problems'] }) {
  return (
    <div role="alert">
      {problems.length > 0 && (
        <div class="problems">
          <p class="problems-title">
            <Icon name="warning" />
            <span>{t('admin.problems')}</span>
          </p>
          <p>{t('admin.problems.text')}</p>
          <ul class="problems-list">
            {problems.map(({ file, line, message }) => (
              <li key={`${file}:${line}:${message}`}>
                <code>
                  {file}:{line}
                </code>
                <span>{message}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function System({ live, settings }: { live: LiveSettings; settings: Settings }) {
  const on = settings.cobrowsing;
  return (
    <section class={`system card${on ? '' : ' system-off'}`} aria-labelledby="system">
      <span class="system-icon">
        <Icon name={on ? 'screen' : 'warning'} />
      </span>
      <div class="row-main">
        <h2 id="system" class="system-title">
          {t(on ? 'admin.system.on' : 'admin.system.off')}
        </h2>
        <p class="system-note" role="status">
          {t(on ? 'admin.system.on.text' : 'admin.system.off.text')}
        </p>
      </div>
      <Switch
        on={on}
        label={t('admin.system.switch')}
        busy={live.saving.value.has(SYSTEM)}
        onChange={(next) => live.setCobrowsing(next)}
      />
    </section>
  );
}

function Agents({ live, settings }: { live: LiveSettings; settings: Settings }) {
  return (
    <Section id="agents" title={t('admin.agents')} note={t('admin.agents.text')}>
      <div class="card admin-table-wrap">
        <table class="admin-table">
          <thead>
            <tr>
              <th scope="col">{t('admin.agent')}</th>
              <th scope="col">{t('admin.roles')}</th>
              <th scope="col" class="admin-end">
                {t('admin.cobrowsing')}
              </th>
            </tr>
          </thead>
          <tbody>
            {settings.agents.map(({ name, title, roles, cobrowsing }) => (
              <tr key={name}>
                <th scope="row">
                  <span class="admin-person">
                    <Avatar small name={title} />
                    <span>
                      <span class="row-title">{title}</span>
                      <span class="row-note admin-login">{name}</span>
                    </span>
                  </span>
                </th>
                <td>
                  <span class="chips">
                    {roles.map((role) => (
                      <Chip key={role}>{roleName(role)}</Chip>
                    ))}
                  </span>
                </td>
                <td class="admin-end">
                  <Switch
                    on={cobrowsing}
                    hideLabel
                    label={t('admin.agent.switch', { name: title })}
                    busy={live.saving.value.has(name)}
                    onChange={(next) => live.setAgent(name, next)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function roleName(role: string): string {
  return role === 'admin' || role === 'supervisor' || role === 'agent' ? t(`role.${role}`) : role;
}

function Sites({ live, settings }: { live: LiveSettings; settings: Settings }) {
  return (
    <Section id="sites" title={t('admin.sites')} note={t('admin.sites.text')}>
      {settings.sites.length === 0 ? (
        <div class="card">
          <Empty icon="globe" title={t('admin.sites.none')}>
            {t('admin.sites.none.text')}
          </Empty>
        </div>
      ) : (
        <ul class="sites">
          {settings.sites.map((site) => (
            <li key={site.id} class="card site">
              <div class="site-head">
                <h3 class="site-title">{site.title}</h3>
                <Chip dot tone={site.cobrowsing ? 'good' : 'warn'}>
                  {t(site.cobrowsing ? 'admin.site.on' : 'admin.site.off')}
                </Chip>
              </div>
              <dl class="facts">
                <Fact name={t('admin.site.start')} value={site.start} />
                <Fact name={t('admin.site.domains')} value={site.domains.join(', ')} />
                <Fact name={t('admin.site.resources')} value={site.resources.join(', ')} />
                <Fact name={t('admin.site.contacts')} value={site.contacts.join(', ')} />
              </dl>
              <BlockedHosts live={live} site={site} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{value || '–'}</dd>
    </div>
  );
}

function Domains({ settings }: { settings: Settings }) {
  return (
    <Section id="domains" title={t('admin.domains')} note={t('admin.domains.text')}>
      <div class="card admin-table-wrap">
        <table class="admin-table">
          <thead>
            <tr>
              <th scope="col">{t('admin.domain')}</th>
              <th scope="col">{t('admin.hosts')}</th>
              <th scope="col">{t('admin.usedBy')}</th>
            </tr>
          </thead>
          <tbody>
            {settings.domains.map(({ title, hosts, protocols, port, includeSubdomains }) => {
              const users = settings.sites.filter(
                ({ domains, resources }) => domains.includes(title) || resources.includes(title),
              );
              return (
                <tr key={title}>
                  <th scope="row">{title}</th>
                  <td>
                    <ul class="hosts">
                      {hosts.map((host) => (
                        <li key={host}>
                          <code>
                            {protocols.join(' + ')}://{host}
                            {port === undefined ? '' : `:${port}`}
                          </code>
                        </li>
                      ))}
                    </ul>
                    {includeSubdomains && <span class="row-note">{t('admin.subdomains')}</span>}
                  </td>
                  <td>
                    {users.length > 0 ? (
                      users.map((site) => site.title).join(', ')
                    ) : (
                      <span class="row-note">{t('admin.unused')}</span>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
