import type { QueueMessage } from '../../../src/admin-api/index.ts';
import { Attributes } from './attributes.tsx';
import { CopyButton } from './copy.tsx';
import { TextOrJson } from './json-view.tsx';
import { Section } from './sections.tsx';

/** What a message in a queue says, and the attributes that it has; among `Sections`. */
export function MessageParts({ body, attributes }: Pick<QueueMessage, 'body' | 'attributes'>) {
  return (
    <>
      <Section title="Body" actions={<CopyButton text={body} what="body" />}>
        <TextOrJson text={body} />
      </Section>
      {attributes && Object.keys(attributes).length > 0 && (
        <Section title="Attributes">
          <Attributes attributes={attributes} />
        </Section>
      )}
    </>
  );
}
