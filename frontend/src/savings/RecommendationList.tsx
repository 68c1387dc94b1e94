import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { RecommendationStatus } from '../contract/contract';
import { formatValue } from '../lib/format';
import { Link } from '../nav/Link';
import { threadPath } from '../nav/routes';
import { Decisions } from '../recommendations/Decisions';
import { FILTERS, STEPS } from '../recommendations/life';
import { type Item, recommendations, showOlderRecommendations } from '../recommendations/recommendations';

type Filter = (typeof FILTERS)[number];

/** The user's recommendations, the newest first, with where each is in its life. */
export function RecommendationList() {
  const [filter, setFilter] = useState<Filter>(FILTERS[0]);
  const section = useRef<HTMLElement>(null);
  const { items, hasOlder } = recommendations.value;
  const shown = items.filter((item) => isIn(item, filter));
  useLayoutEffect(() => {
    const lost = document.activeElement === document.body; // a decision took what had the focus out of the list
    if (lost) section.current?.querySelector<HTMLElement>('[aria-pressed=true]')?.focus();
  }, [shown.length]);
  return (
    <section class="savings-section" aria-labelledby="savings-found" ref={section}>
      <header class="savings-head">
        <h2 id="savings-found">What was found</h2>
      </header>
      <fieldset class="savings-filters" aria-label="Which recommendations are shown">
        {FILTERS.map((each) => (
          <button
            key={each.name}
            type="button"
            class="savings-filter"
            aria-pressed={each === filter}
            onClick={() => setFilter(each)}
          >
            {each.name} <span class="num">{items.filter((item) => isIn(item, each)).length}</span>
          </button>
        ))}
      </fieldset>
      {shown.length === 0 && <p class="savings-hint">None is here now.</p>}
      <ul class="savings-list">
        {shown.map((item) => (
          <Row key={item.id} item={item} />
        ))}
      </ul>
      {hasOlder && (
        <button type="button" class="button small quiet savings-older" onClick={showOlderRecommendations}>
          Show older recommendations
        </button>
      )}
    </section>
  );
}

function isIn(item: Item, filter: Filter): boolean {
  return (filter.statuses as readonly RecommendationStatus[]).includes(item.data.status);
}

function Row({ item }: { item: Item }) {
  const { proposal, status, thread_id } = item.data;
  return (
    <li class="savings-row card">
      <div class="savings-row-head">
        <h3>{proposal.title}</h3>
        <p class="savings-estimate num">
          <strong>{formatValue(proposal.savings_usd, 'usd')}</strong> estimated,{' '}
          {formatValue(proposal.savings_pct, 'pct')} of the bill
        </p>
      </div>
      <Life status={status} />
      <Decisions item={item} />
      <Link href={threadPath(thread_id)} class="savings-thread" title={proposal.title}>
        The answer that proposed it
      </Link>
    </li>
  );
}

/** The way of a recommendation; of a rejected one only that it ended. */
function Life({ status }: { status: RecommendationStatus }) {
  if (status === 'rejected') return <p class="life-rejected">Rejected</p>;
  const at = STEPS.indexOf(status);
  return (
    <ol class="life" aria-label="How far it is">
      {STEPS.map((step, place) => (
        <li
          key={step}
          class={place <= at ? 'life-step reached' : 'life-step'}
          aria-current={place === at ? 'step' : undefined}
        >
          {step.charAt(0).toUpperCase() + step.slice(1)}
        </li>
      ))}
    </ol>
  );
}
