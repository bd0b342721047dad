import type { Form } from '../../../src/admin-api/index.ts';
import { partsOf } from './contents.ts';
import { CopyButton } from './copy.tsx';
import { JsonView, TextOrJson } from './json-view.tsx';
import './content-view.css';

export interface ContentViewProps {
  readonly form: Form;
  readonly content: unknown;
}

/** What an event, message, record … held. */
export function ContentView({ form, content }: ContentViewProps) {
  return (
    <div className="contents">
      {partsOf(form, content).map(({ title, text, value }) => (
        <section key={title} className="contents-part">
          <header>
            <h3>{title}</h3>
            <CopyButton text={text ?? JSON.stringify(value, null, 2)} what={title.toLowerCase()} />
          </header>
          {text === undefined ? <JsonView value={value} open={3} /> : <TextOrJson text={text} />}
        </section>
      ))}
    </div>
  );
}
