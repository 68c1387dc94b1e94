import './source.css';
import { useEffect, useState } from 'preact/hooks';
import type { Event, Fact } from '../contract/contract';
import { formatExact, formatValue } from '../lib/format';
import { Dialog } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import type { SourceRequest } from './openSource';
import { factsOf, findSource, type Source, toolInWords } from './source';

type State = { at: 'reading' } | { at: 'failed' } | { at: 'read'; source: Source | null };

const FACTS_SHOWN = 12;

/** Where a figure comes from: the step that found it, why it was taken, and all that it found. */
export function SourcePanel(props: {
  opened: SourceRequest;
  load: () => Promise<readonly Event[]>;
  onClose: () => void;
}) {
  const { opened, load, onClose } = props;
  const [state, setState] = useState<State>({ at: 'reading' });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let left = false;
    setState({ at: 'reading' });
    load().then(
      (events) => !left && setState({ at: 'read', source: findSource(events, opened.source) }),
      () => !left && setState({ at: 'failed' }),
    );
    return () => {
      left = true;
    };
  }, [opened, attempt]);
  return (
    <Dialog title={opened.title} onClose={onClose}>
      {opened.figure && <p class="source-figure num">{opened.figure.text}</p>}
      {state.at === 'reading' && <p role="status">Reading the record of this answer …</p>}
      {state.at === 'failed' && (
        <div class="notice bad" role="alert">
          <p>The record could not be read. Check your connection, then try again.</p>
          <button type="button" class="button small" onClick={() => setAttempt(attempt + 1)}>
            Try again
          </button>
        </div>
      )}
      {state.at === 'read' &&
        (state.source ? <SourceView source={state.source} opened={opened} /> : <MissingSource />)}
    </Dialog>
  );
}

function MissingSource() {
  return (
    <p class="notice">The record of this answer holds no such step any more. Ask again to compute it.</p>
  );
}

function SourceView({ source, opened }: { source: Source; opened: SourceRequest }) {
  const same = opened.figure ? factsOf(opened.figure, source.facts) : [];
  const others = source.facts.filter((fact) => !same.includes(fact));
  return (
    <>
      {same.length > 0 && <Facts title="This figure" facts={same.slice(0, FACTS_SHOWN)} exact />}
      <section class="source-step">
        <h3>{toolInWords(source.tool)}</h3>
        {source.purpose && <p class="source-purpose">{source.purpose}.</p>}
        <p>{source.summary}</p>
      </section>
      <p class="source-note">{originOf(source)}</p>
      {others.length > 0 && <Others facts={others} all={same.length === 0} />}
    </>
  );
}

function originOf({ tool }: Source): string {
  if (tool === 'read_question') return 'Read from your question.';
  return "Computed by Apex from your data and the providers' prices and rules, not by a language model.";
}

function Others({ facts, all }: { facts: readonly Fact[]; all: boolean }) {
  const [open, setOpen] = useState(false);
  const title = all ? 'All numbers of this step' : 'The other numbers of this step';
  if (facts.length <= FACTS_SHOWN) return <Facts title={title} facts={facts} />;
  return (
    <details class="source-more disclosure" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Icon name="right" />
        {title} ({facts.length})
      </summary>
      {open && <Facts facts={facts} />}
    </details>
  );
}

function Facts({ title, facts, exact = false }: { title?: string; facts: readonly Fact[]; exact?: boolean }) {
  return (
    <table class="source-facts">
      {title && <caption>{title}</caption>}
      <tbody>
        {facts.map((fact) => (
          <tr key={`${fact.name}|${fact.value}|${fact.unit}`}>
            <th scope="row">{fact.name}</th>
            <td class="num" title={formatExact(fact.value, fact.unit)}>
              {exact ? formatExact(fact.value, fact.unit) : formatValue(fact.value, fact.unit)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
