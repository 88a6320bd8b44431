// The chat: bubbles, composer, a small emoji picker. Panel, session window and console use the same one.
import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { MAX_CHAT } from '../../protocol/limits.ts';
import type { ChatMessage, ParticipantKind, ParticipantView } from '../../protocol/session-messages.ts';
import { IconButton } from '../design/button.tsx';
import { Avatar, Empty } from '../design/display.tsx';
import { Icon } from '../design/icon.tsx';
import { t, timeOf, wordOr } from '../words.ts';

interface ChatProps {
  messages: ReadonlySignal<ChatMessage[]>;
  /** For the colours of their faces, where a session runs. */
  people?: ParticipantView[] | undefined;
  /** Whose words stand on the own side. */
  self: { kind: ParticipantKind; name?: string };
  /** False when it could not be sent: the text stays in the field. */
  onSend: (text: string) => boolean;
  /** Why nothing can be written just now. */
  closed?: string | undefined;
  /** What stands there before the first message. */
  emptyText: string;
}

/** Messages of one author within this time share one heading. */
const GROUP_MS = 3 * 60_000;

function isOwn(message: ChatMessage, self: ChatProps['self']): boolean {
  return message.from.kind === self.kind && (self.name === undefined || message.from.name === self.name);
}

function follows(before: ChatMessage | undefined, message: ChatMessage): boolean {
  return (
    before !== undefined &&
    before.from.kind === message.from.kind &&
    before.from.name === message.from.name &&
    Date.parse(message.at) - Date.parse(before.at) < GROUP_MS
  );
}

export function Chat({ messages, people, self, onSend, closed, emptyText }: ChatProps) {
  const list = useRef<HTMLDivElement>(null);
  const count = messages.value.length;
  const lastIsOwn = count > 0 && isOwn(messages.value[count - 1]!, self);

  // Stay at the end unless the person has scrolled up to read.
  const atEnd = useRef(true);
  useEffect(() => {
    const element = list.current;
    if (element && (atEnd.current || lastIsOwn)) element.scrollTop = element.scrollHeight;
  }, [count]);

  return (
    <div class="chat">
      <div
        ref={list}
        class="chat-log"
        role="log"
        aria-label={t('chat.log')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
        tabIndex={0}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          atEnd.current = scrollHeight - scrollTop - clientHeight < 40;
        }}
      >
        {count === 0 && <Empty icon="chat" title={t('chat.empty')} children={emptyText} />}
        {messages.value.map((message, index) => (
          <Line
            key={message.id}
            message={message}
            own={isOwn(message, self)}
            color={people?.find(({ name }) => name === message.from.name)?.color}
            follows={follows(messages.value[index - 1], message)}
          />
        ))}
      </div>
      {closed === undefined ? (
        <Composer onSend={onSend} />
      ) : (
        <p class="chat-closed" role="status">
          {closed}
        </p>
      )}
    </div>
  );
}

interface LineProps {
  message: ChatMessage;
  own: boolean;
  color: number | undefined;
  follows: boolean;
}

function Line({ message, own, color, follows: joined }: LineProps) {
  if (message.from.kind === 'system') {
    return (
      <p class="chat-system">
        <span>{wordOr(message.key, message.text, message.params)}</span>
        <time dateTime={message.at} title={message.at}>
          {timeOf(message.at)}
        </time>
      </p>
    );
  }
  return (
    <div class={`chat-line${own ? ' chat-own' : ''}${joined ? ' chat-joined' : ''}`}>
      {!own && (joined ? <span class="chat-gap" /> : <Avatar small name={message.from.name} color={color} />)}
      <div class="chat-words">
        {!joined && (
          <p class="chat-head">
            <span class="chat-name">{own ? t('chat.you') : message.from.name}</span>{' '}
            <time dateTime={message.at} title={message.at}>
              {timeOf(message.at)}
            </time>
          </p>
        )}
        <p class="chat-bubble" dir="auto">
          {wordOr(message.key, message.text)}
        </p>
      </div>
    </div>
  );
}

const EMOJI = ['🙂', '😀', '😉', '😅', '😕', '🤔', '👍', '👎', '🙏', '👋', '👏', '❤️', '🎉', '✅', '❓', '☕'];
/** From here on the rest is counted out loud. */
const WARN_FROM = MAX_CHAT - 50;

function Composer({ onSend }: { onSend: (text: string) => boolean }) {
  const [text, setText] = useState('');
  const [picking, setPicking] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);

  const send = (): void => {
    const trimmed = text.trim();
    if (trimmed === '' || !onSend(trimmed)) return;
    setText('');
    setPicking(false);
    field.current?.focus();
  };

  useEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.blockSize = 'auto';
    element.style.blockSize = `${Math.min(element.scrollHeight + 2, 132)}px`;
    void text;
  }, [text]);

  const insert = (emoji: string): void => {
    const element = field.current;
    const at = element?.selectionStart ?? text.length;
    if (text.length + emoji.length > MAX_CHAT) return;
    setText(text.slice(0, at) + emoji + text.slice(element?.selectionEnd ?? at));
    element?.focus();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {picking && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw and announce more than a row of keys
        <div
          class="emoji"
          role="group"
          aria-label={t('chat.emoji')}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              event.stopPropagation();
              setPicking(false);
              field.current?.focus();
            }
          }}
        >
          {EMOJI.map((emoji) => (
            <button key={emoji} type="button" class="emoji-key" onClick={() => insert(emoji)}>
              {emoji}
            </button>
          ))}
        </div>
      )}
      <div class="composer-row">
        <IconButton
          icon="smile"
          label={t('chat.emoji')}
          expanded={picking}
          onClick={() => setPicking(!picking)}
        />
        <textarea
          ref={field}
          class="composer-field"
          rows={1}
          value={text}
          maxLength={MAX_CHAT}
          aria-label={t('chat.message')}
          placeholder={t('chat.placeholder')}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class="composer-send" aria-label={t('chat.send')} title={t('chat.send')}>
          <Icon name="send" />
        </button>
      </div>
      <p class="composer-count" role="status">
        {text.length >= WARN_FROM ? t('chat.left', { n: MAX_CHAT - text.length }) : ''}
      </p>
    </form>
  );
}
