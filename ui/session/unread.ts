// How many chat messages of others came while the chat was out of sight.
import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { ChatMessage, ParticipantKind } from '../../protocol/session-messages.ts';

/** @param seen whether the chat is open just now */
export function useUnread(
  messages: ReadonlySignal<ChatMessage[]>,
  seen: boolean,
  self: ParticipantKind,
): number {
  const [read, setRead] = useState(messages.peek().length);
  const all = messages.value;
  useEffect(() => {
    if (seen) setRead(all.length);
  }, [seen, all.length]);
  if (seen) return 0;
  return all.slice(read).filter(({ from }) => from.kind !== self && from.kind !== 'system').length;
}
