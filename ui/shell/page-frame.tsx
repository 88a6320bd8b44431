// The customer's page in its sandboxed frame. Made once: it is navigated by the ports, never rendered anew.
import { useEffect, useRef } from 'preact/hooks';
import type { Tool } from '../../protocol/marks.ts';
import { call } from '../call.ts';
import { askedHere } from '../session/asked.tsx';
import type { OpenSession } from '../session/session.ts';
import { t } from '../words.ts';
import { type FocusKeeper, startKeepingFocus } from './keep-focus.ts';
import { watchNewAddresses } from './new-address.ts';
import { type PagePorts, startPagePorts } from './page-ports.ts';
import type { Wish } from './prompts.tsx';
import type { TakeBack } from './take-back.ts';

/** security.md 2.4: no top navigation, no popups; both are asked of the shell. */
const SANDBOX = 'allow-scripts allow-same-origin allow-forms allow-modals allow-downloads allow-pointer-lock';
/** Every site may; what else a site may use is in its options. */
const FEATURES = ['fullscreen', 'clipboard-write'];

/**
 * `*`: the page may go on to other origins of its session, and a feature without an allowlist is the first origin's alone. Which
 * origins the frame may show at all is said by the shell's CSP.
 */
function allowOf(features: readonly string[]): string {
  return [...FEATURES, ...features].map((feature) => `${feature} *`).join('; ');
}

interface PageFrameProps {
  session: OpenSession;
  start: string;
  /** Where the customer is now, for when the frame has lost its document. */
  latestStart: () => string;
  /** Somebody else is in control. */
  controlled: boolean;
  /** Of the site's options. */
  features: readonly string[];
  onOpened: () => void;
  onWish: (wish: Wish) => void;
  onOwnInput: () => void;
  takeBack: TakeBack;
  /** What the customer has in his hand above the page. */
  tool: Tool;
  onToolDone: () => void;
  /** Where the ports are to be had, for what is asked of the page. */
  ports: { current: PagePorts | undefined };
}

export function PageFrame(props: PageFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const keeper = useRef<FocusKeeper | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const { session, start, controlled, features, takeBack, tool, ports: kept } = props;

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const ports = startPagePorts({
      frame: element,
      session,
      shellHost: location.host,
      onOutside: (url) => {
        latest.current.onWish({ kind: 'outside', url });
        // Counted for the site's admin; nothing hangs on it.
        call('/outside', { body: { url } }).catch(() => undefined);
      },
      onExternal: (url) => latest.current.onWish({ kind: 'external', url }),
      onOwnInput: () => latest.current.onOwnInput(),
      onOpened: () => latest.current.onOpened(),
      onOwnPress: () => keeper.current?.ownPress(),
      latestStart: () => latest.current.latestStart(),
      takeBack,
      spotWords: (name, what) => ({ ask: askedHere(name, what), decline: t('asked.decline') }),
      onToolDone: () => latest.current.onToolDone(),
    });
    kept.current = ports;
    const addresses = watchNewAddresses(location.host);
    // After the listener, so that no hello is missed.
    ports.navigate(start);
    return () => {
      kept.current = undefined;
      addresses.stop();
      ports.stop();
    };
  }, [session, start, takeBack, kept]);
  useEffect(() => kept.current?.setTool(tool), [tool, kept]);
  useEffect(() => {
    if (!controlled || !frame.current) return;
    const started = startKeepingFocus(frame.current);
    keeper.current = started;
    return () => {
      keeper.current = undefined;
      started.stop();
    };
  }, [controlled]);

  return (
    <iframe
      ref={frame}
      class="page-frame"
      title={t('page.title')}
      name="tandem-page"
      sandbox={SANDBOX}
      allow={allowOf(features)}
      // By it the gateway knows an address that the person himself went to; it goes no further.
      referrerPolicy="origin"
    />
  );
}
