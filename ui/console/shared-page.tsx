// The middle of the console: the shared page as the agent sees it, with what he may do above it.

import { useEffect, useState } from 'preact/hooks';
import type { Tool } from '../../protocol/marks.ts';
import { showsNothing } from '../../protocol/mirror-messages.ts';
import type { SessionState } from '../../protocol/session-messages.ts';
import { Button, IconButton } from '../design/button.tsx';
import { Chip } from '../design/display.tsx';
import { Icon } from '../design/icon.tsx';
import { say } from '../design/toasts.ts';
import { Address } from '../session/address.tsx';
import { AskedOfCustomer } from '../session/asked.tsx';
import { CopyField } from '../session/copy-field.tsx';
import { CustomerAway, isCustomerAway } from '../session/customer-away.tsx';
import { DelayChip } from '../session/delay-chip.tsx';
import { DocumentViewer, ShareDialog } from '../session/documents.tsx';
import { HistoryButtons } from '../session/history-buttons.tsx';
import { InviteDialog } from '../session/invite-dialog.tsx';
import { LeftOut } from '../session/left-out.tsx';
import { NavigateDialog } from '../session/navigate-dialog.tsx';
import { PageDialog } from '../session/page-dialog.tsx';
import { PageVeil } from '../session/page-veil.tsx';
import { holderOf, type OpenSession } from '../session/session.ts';
import { Tools } from '../session/tools.tsx';
import { type Shown, ViewFrame } from '../session/view-frame.tsx';
import { t } from '../words.ts';

interface SharedPageProps {
  session: OpenSession;
  state: SessionState;
}

const ZOOMS = [0.25, 0.5, 0.67, 0.75, 0.9, 1, 1.25, 1.5, 2];

export function SharedPage({ session, state }: SharedPageProps) {
  const [zoom, setZoom] = useState<'fit' | number>('fit');
  const [shown, setShown] = useState<Shown['state']>('waiting');
  const [dialog, setDialog] = useState<'invite' | 'navigate' | 'share'>();
  const [tool, setTool] = useState<Tool>('none');
  const close = () => setDialog(undefined);
  const self = session.pid.value;
  const holder = holderOf(state);
  const mine = state.control.holder === self;

  useEffect(
    () =>
      session.onEvent((event) => {
        if (event.type === 'control.refused') say(t('control.kept'));
      }),
    [session],
  );

  return (
    <section class={`shared stage-${mine ? 'own' : 'other'}`} aria-label={t('shared.label')}>
      <header class="shared-head">
        <div class="shared-row">
          <StateChip session={session} away={isCustomerAway(state)} shown={shown} />
          {state.rights.navigate && <HistoryButtons session={session} />}
          <Address url={state.url} title={state.title} />
          <DelayChip session={session} />
          <Zoom zoom={zoom} onZoom={setZoom} />
        </div>
        <div class="shared-row shared-actions">
          <p class="control-words" role="status">
            <Icon name="hand" />
            {mine
              ? t('control.mine')
              : holder?.kind === 'customer'
                ? t('control.customer', { name: holder.name })
                : t('control.theirs', { name: holder?.name ?? '' })}
          </p>
          <ControlButton session={session} state={state} />
          <span class="shared-gap" />
          <span class="shared-tools">
            <CopyField
              buttonOnly
              label={t('shared.url')}
              value={state.sessionUrl}
              copyLabel={t('shared.copy')}
            />
            {state.rights.invite && (
              <Button small icon="userPlus" tip={t('bar.invite.tip')} onClick={() => setDialog('invite')}>
                {t('bar.invite')}
              </Button>
            )}
            {state.rights.navigate && (
              <Button small icon="compass" tip={t('bar.navigate.tip')} onClick={() => setDialog('navigate')}>
                {t('bar.navigate')}
              </Button>
            )}
            {state.rights.share && (
              <Button small icon="document" tip={t('bar.share')} onClick={() => setDialog('share')}>
                {t('bar.share')}
              </Button>
            )}
          </span>
          {state.rights.stop && (
            <Button small kind="danger" icon="power" onClick={() => session.ask({ type: 'session.stop' })}>
              {t('bar.end')}
            </Button>
          )}
        </div>
      </header>
      <div class={`shared-view${shown === 'paused' ? ' shared-paused' : ''}`}>
        <ViewFrame
          session={session}
          viewOrigin={state.viewOrigin}
          zoom={zoom}
          tool={tool}
          onToolDone={() => setTool('none')}
          onShown={(next) => setShown(next.state)}
        />
        {showsNothing(shown) && !isCustomerAway(state) && (
          <PageVeil
            outOfSight={shown === 'out-of-sight'}
            title={t('shared.waiting')}
            text={t('shared.waiting.text')}
          />
        )}
        <AskedOfCustomer session={session} state={state} />
        {!showsNothing(shown) && (
          <Tools
            tool={tool}
            onTool={setTool}
            onClear={() => session.ask({ type: 'mark.cleared' })}
            ask={!isCustomerAway(state)}
          />
        )}
        <LeftOut state={state} />
        <PageDialog session={session} />
        <CustomerAway state={state} />
        <DocumentViewer session={session} state={state} />
      </div>
      {dialog === 'invite' && state.rights.invite && (
        <InviteDialog session={session} state={state} onClose={close} />
      )}
      {dialog === 'navigate' && state.rights.navigate && (
        <NavigateDialog session={session} state={state} onClose={close} />
      )}
      {dialog === 'share' && (
        <ShareDialog
          session={session}
          state={state}
          uploadPath={`/console/api/session/${state.sid}/documents`}
          onClose={close}
        />
      )}
    </section>
  );
}

function StateChip({ session, away, shown }: { session: OpenSession; away: boolean; shown: Shown['state'] }) {
  const link = session.status.value;
  const words =
    link !== 'open'
      ? ({ tone: 'warn', text: t('reconnecting') } as const)
      : away
        ? ({ tone: 'warn', text: t('state.away') } as const)
        : (
            {
              waiting: { tone: 'warn', text: t('state.waiting') },
              'out-of-sight': { tone: 'warn', text: t('state.outOfSight') },
              live: { tone: 'good', text: t('state.live') },
              'catching-up': {
                tone: 'warn',
                text: t('state.catchingUp'),
                why: t('picture.catchingUp.own'),
              },
              degraded: { tone: 'warn', text: t('state.degraded'), why: t('picture.degraded.own') },
              paused: { tone: 'warn', text: t('state.paused') },
            } as const
          )[shown];
  return (
    <span role="status" title={'why' in words ? words.why : undefined}>
      <Chip dot tone={words.tone}>
        {words.text}
      </Chip>
      {'why' in words && <span class="visually-hidden">{words.why}</span>}
    </span>
  );
}

function ControlButton({ session, state }: SharedPageProps) {
  const self = session.pid.value;
  if (state.control.holder === self) {
    return (
      <Button small kind="plain" onClick={() => session.ask({ type: 'control.release' })}>
        {t('control.release')}
      </Button>
    );
  }
  const asked = state.control.asking.includes(self);
  const customer = state.participants.find(({ kind }) => kind === 'customer')?.name ?? '';
  return (
    <Button
      small
      kind="primary"
      icon={asked ? undefined : 'hand'}
      unavailable={
        asked
          ? t('control.asked', { name: customer })
          : state.rights.control
            ? undefined
            : t('control.notAllowed')
      }
      onClick={() => session.ask({ type: 'control.ask' })}
    >
      {asked ? t('control.asked', { name: customer }) : t('control.ask')}
    </Button>
  );
}

function Zoom({ zoom, onZoom }: { zoom: 'fit' | number; onZoom: (zoom: 'fit' | number) => void }) {
  const now = zoom === 'fit' ? 1 : zoom;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw and announce more than four keys in a row
    <div class="zoom" role="group" aria-label={t('zoom.label')}>
      <button type="button" class="zoom-key" aria-pressed={zoom === 'fit'} onClick={() => onZoom('fit')}>
        {t('zoom.fit')}
      </button>
      <button type="button" class="zoom-key" aria-pressed={zoom === 1} onClick={() => onZoom(1)}>
        <bdi>100 %</bdi>
      </button>
      <IconButton
        icon="minus"
        label={t('zoom.out')}
        onClick={() => onZoom(ZOOMS.findLast((step) => step < now) ?? ZOOMS[0]!)}
      />
      <span class="zoom-now" role="status">
        {zoom !== 'fit' && zoom !== 1 && <bdi>{Math.round(zoom * 100)} %</bdi>}
      </span>
      <IconButton
        icon="plus"
        label={t('zoom.in')}
        onClick={() => onZoom(ZOOMS.find((step) => step > now) ?? ZOOMS[ZOOMS.length - 1]!)}
      />
    </div>
  );
}
