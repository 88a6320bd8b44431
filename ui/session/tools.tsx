// What a person may take in his hand above the shared page: laser, marker, a frame around an element; agents also a click to ask for.
import { useEffect } from 'preact/hooks';
import type { Tool } from '../../protocol/marks.ts';
import { Icon, type IconName } from '../design/icon.tsx';
import { t, type WordKey } from '../words.ts';

const ICONS: Record<Tool, { icon: IconName; name: WordKey; tip: WordKey }> = {
  none: { icon: 'arrow', name: 'tool.none', tip: 'tool.none.tip' },
  laser: { icon: 'laser', name: 'tool.laser', tip: 'tool.laser.tip' },
  marker: { icon: 'marker', name: 'tool.marker', tip: 'tool.marker.tip' },
  frame: { icon: 'frame', name: 'tool.frame', tip: 'tool.frame.tip' },
  ask: { icon: 'spot', name: 'tool.ask', tip: 'tool.ask.tip' },
};

interface ToolsProps {
  tool: Tool;
  onTool: (tool: Tool) => void;
  /** Wipes away what this person has drawn. */
  onClear: () => void;
  /** Whether he may ask the customer to click. */
  ask: boolean;
}

/** A row of keys over the view; the one that is down says so. */
export function Tools({ tool, onTool, onClear, ask }: ToolsProps) {
  // In the page and its mirror they do it themselves.
  useEffect(() => {
    if (tool === 'none') return;
    const putAway = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') onTool('none');
    };
    window.addEventListener('keydown', putAway);
    return () => window.removeEventListener('keydown', putAway);
  }, [tool, onTool]);
  const shown = (Object.keys(ICONS) as Tool[]).filter((one) => one !== 'ask' || ask);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw and announce more than a few keys in a row
    <div class="tools" role="group" aria-label={t('tools.label')}>
      {shown.map((one) => (
        <button
          key={one}
          type="button"
          class="tool"
          aria-pressed={one === tool}
          aria-label={t(ICONS[one].name)}
          aria-description={t(ICONS[one].tip)}
          title={t(ICONS[one].name)}
          onClick={() => onTool(one === tool ? 'none' : one)}
        >
          <Icon name={ICONS[one].icon} />
        </button>
      ))}
      <button
        type="button"
        class="tool"
        aria-label={t('tool.clear')}
        title={t('tool.clear')}
        onClick={onClear}
      >
        <Icon name="wipe" />
      </button>
    </div>
  );
}
