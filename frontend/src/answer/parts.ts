import type { Answer, Block, Recommendation, TableBlock } from '../contract/contract';

type Place = 'headline' | 'plan' | 'evidence';
const PLACES: Record<Block['type'], Place> = {
  figures: 'headline',
  recommendation: 'plan',
  chart: 'evidence',
  table: 'evidence',
  text: 'evidence',
};

/** The blocks of an answer that stand in one place of it; a kind that is new to the page stands in none. */
export function blocksIn(answer: Answer, place: Place): Block[] {
  return answer.blocks.filter(({ type }) => PLACES[type] === place);
}

/** The cells of a table's row as it comes over the wire. */
export function cellsOf(row: TableBlock['rows'][number]): (string | number | null)[] {
  return row.cells ?? [];
}

/** Every recommendation of an answer once, in order of rank: its plan, and those only found among the blocks. */
export function allRecommendations(answer: Answer): Recommendation[] {
  const blocks = answer.blocks.filter((block) => block.type === 'recommendation');
  const byId = new Map([...blocks, ...answer.recommendations].map((item) => [item.id, item]));
  return [...byId.values()].sort((a, b) => a.rank - b.rank);
}
