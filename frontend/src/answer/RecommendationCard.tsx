import './recommendation.css';
import type { Figure, Recommendation } from '../contract/contract';
import { formatValue } from '../lib/format';
import { DecisionsOf } from '../recommendations/Decisions';
import { CodeBlock } from '../ui/CodeBlock';
import { copy } from '../ui/copy';
import { Icon } from '../ui/Icon';
import { recommendationMarkdown } from './export';
import { FigureButton, SourceButton, WithFigures } from './FigureButton';

/** One change: what it saves and costs at a glance; how to make, check and undo it below. */
export function RecommendationCard({ item, figures }: { item: Recommendation; figures: readonly Figure[] }) {
  return (
    <article class="card recommendation" aria-label={item.title}>
      <div class="recommendation-head">
        <span class="recommendation-rank num" aria-hidden="true">
          {item.rank}
        </span>
        <h4>{item.title}</h4>
        <Savings item={item} />
      </div>
      <ul class="badges">
        <Badge name="Effort" level={item.effort} />
        <Badge name="Quality risk" level={item.risk} />
        <Badge name="Confidence" level={item.confidence} />
      </ul>
      {item.stored_id && (
        <div class="recommendation-decisions">
          <DecisionsOf id={item.stored_id} />
        </div>
      )}
      <details class="recommendation-more disclosure">
        <summary>
          <Icon name="right" />
          How to do it, check it and undo it
        </summary>
        <Details item={item} figures={figures} />
      </details>
    </article>
  );
}

function Savings({ item }: { item: Recommendation }) {
  const { source, savings_usd: usd, savings_pct: pct } = item;
  return (
    <div class="recommendation-savings num">
      <span class="visually-hidden">saves </span>
      <strong>
        <FigureButton figure={{ text: formatValue(usd, 'usd'), value: usd, unit: 'usd', source }} />
      </strong>
      <span>
        <FigureButton figure={{ text: formatValue(pct, 'pct'), value: pct, unit: 'pct', source }} /> of the
        bill
      </span>
    </div>
  );
}

/** High risk and low confidence stand out; the word says it as well as the colour. */
function Badge({ name, level }: { name: string; level: Recommendation['effort'] }) {
  const bad = name === 'Confidence' ? 'low' : 'high';
  const good = name === 'Confidence' ? 'high' : 'low';
  const tone = level === bad ? 'warn' : level === good ? 'good' : '';
  return (
    <li class={`badge ${tone}`}>
      {name} <strong>{level}</strong>
    </li>
  );
}

function Details({ item, figures }: { item: Recommendation; figures: readonly Figure[] }) {
  const drawn = (text: string) => <WithFigures text={text} figures={figures} />;
  return (
    <div class="recommendation-details">
      <p>{drawn(item.method)}</p>
      {item.steps.length > 0 && (
        <Part title="Steps">
          <ol>
            {item.steps.map((step) => (
              <li key={step}>{drawn(step)}</li>
            ))}
          </ol>
        </Part>
      )}
      {item.snippet && (
        <Part title="Code">
          <CodeBlock text={item.snippet} />
        </Part>
      )}
      {item.verify && <Part title="How to see that it works">{drawn(item.verify)}</Part>}
      {item.rollback && <Part title="The way back">{drawn(item.rollback)}</Part>}
      {item.assumptions.length > 0 && (
        <Part title="What is assumed">
          <ul>
            {item.assumptions.map((text) => (
              <li key={text}>{drawn(text)}</li>
            ))}
          </ul>
        </Part>
      )}
      <div class="recommendation-actions">
        <SourceButton source={item.source} of={item.title} />
        <button
          type="button"
          class="button quiet small"
          onClick={() => copy(recommendationMarkdown(item), 'The recommendation')}
        >
          <Icon name="copy" />
          Copy for a ticket
        </button>
      </div>
    </div>
  );
}

function Part({ title, children }: { title: string; children: preact.ComponentChildren }) {
  return (
    <section>
      <h5>{title}</h5>
      {children}
    </section>
  );
}
