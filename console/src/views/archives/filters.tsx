import { useDraft } from '../../state/draft.ts';
import { moment, text } from '../../state/query.ts';
import { useQueryChange, useQueryState } from '../../state/url.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { patternProblem } from '../../ui/pattern-text.ts';
import { wordsOf } from '../../ui/states.tsx';
import { fieldOf, momentOfField } from '../../ui/when.ts';

const PATTERN = text();

/** Which of an archive's events are shown: by pattern, and by their own time. */
export function Filters({ refusal }: { readonly refusal: unknown }) {
  const [pattern, setPattern] = useQueryState('pattern', PATTERN);
  const [fromMs] = useQueryState('from', moment);
  const [toMs] = useQueryState('to', moment);
  const change = useQueryChange();
  const [draft, setDraft] = useDraft(pattern, (next) => {
    if (patternProblem(next) === undefined) setPattern(next.trim());
  });
  const filtered = pattern !== '' || fromMs !== undefined || toMs !== undefined;
  const clear = () => {
    setDraft('');
    change({ pattern: undefined, from: undefined, to: undefined });
  };
  const refused = pattern !== '' && refusal ? wordsOf(refusal) : undefined;
  return (
    <search className="archive-filters">
      <Field
        label="Event pattern"
        quiet
        mono
        type="search"
        placeholder='event pattern, as {"source": ["shop.orders"]}'
        value={draft}
        onChange={setDraft}
        error={patternProblem(draft) ?? refused}
      />
      <Field
        label="From"
        quiet
        title="From"
        type="datetime-local"
        step="1"
        value={fieldOf(fromMs)}
        onChange={(value) => change({ from: momentOfField(value) })}
      />
      <Field
        label="To"
        quiet
        title="To"
        type="datetime-local"
        step="1"
        value={fieldOf(toMs)}
        onChange={(value) => change({ to: momentOfField(value) })}
      />
      <Button look="quiet" disabled={!filtered} onClick={clear}>
        Clear
      </Button>
    </search>
  );
}
