import { Kbd } from '../ui/badge.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { VIEWS } from './views.ts';

const LISTS = [
  [['↑', '↓'], 'Move in a list; also j and k'],
  [['Enter'], 'Open what is chosen'],
  [['Space'], 'Mark it; with Shift all between'],
  [['Esc'], 'Let go, close'],
] as const;

export function Help({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="help">
        {VIEWS.map(({ key, label }) => (
          <div key={key}>
            <dt>
              <Kbd>g</Kbd> <Kbd>{key}</Kbd>
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
        <div>
          <dt>
            <Kbd>/</Kbd>
          </dt>
          <dd>Trace an event by its id</dd>
        </div>
        <div>
          <dt>
            <Kbd>Ctrl K</Kbd>
          </dt>
          <dd>Go to, find, do: anything by its name</dd>
        </div>
        {LISTS.map(([keys, words]) => (
          <div key={words}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
