import './tiles.css';
import type { FigureListBlock } from '../contract/contract';
import { formatCompactParts, formatValue } from '../lib/format';
import { FigureButton } from './FigureButton';

/** Headline numbers; each opens its source. */
export function Tiles({ block }: { block: FigureListBlock }) {
  return (
    <section class="tiles-block" aria-label={block.title}>
      <h3>{block.title}</h3>
      <dl class="tiles">
        {block.facts.map((fact) => {
          const { number, suffix } = formatCompactParts(fact.value, fact.unit, fact.name);
          const name = fact.name.charAt(0).toUpperCase() + fact.name.slice(1);
          return (
            <div class="tile" key={fact.name}>
              <dt>{name}</dt>
              <dd class="num">
                <FigureButton
                  figure={{ ...fact, text: formatValue(fact.value, fact.unit), source: block.source }}
                >
                  {number}
                  {suffix && <span class="unit"> {suffix}</span>}
                </FigureButton>
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
