import './answer.css';
import { useCallback, useRef, useState } from 'preact/hooks';
import type { Answer, Block, Event, Figure } from '../contract/contract';
import { unhandled } from '../lib/unhandled';
import { copy } from '../ui/copy';
import { Icon } from '../ui/Icon';
import { AnswerText } from './AnswerText';
import { Chart } from './Chart';
import { costInWords, costOf } from './cost';
import { DataTable } from './DataTable';
import { answerMarkdown } from './export';
import { OpenSource, type SourceRequest } from './openSource';
import { allRecommendations, blocksIn } from './parts';
import { ChoiceButtons, Reading } from './Reading';
import { RecommendationCard } from './RecommendationCard';
import { SourcePanel } from './SourcePanel';
import { loadEvents } from './source';
import { Tiles } from './Tiles';

/** An answer: how the question was read, text, headline numbers, plan, chart and tables; every figure opens its step. */
export function AnswerBody({ answer, runId, question }: { answer: Answer; runId: string; question: string }) {
  const [opened, setOpened] = useState<SourceRequest | null>(null);
  const load = useEventsOnce(runId);
  return (
    <OpenSource.Provider value={setOpened}>
      <div class="answer">
        <Reading answer={answer} />
        <AnswerText text={answer.text} figures={answer.figures} afterLead={<Headline answer={answer} />} />
        <ChoiceButtons answer={answer} />
        <Plan answer={answer} />
        <Evidence answer={answer} />
        <Footer answer={answer} question={question} />
      </div>
      {opened && <SourcePanel opened={opened} load={load} onClose={() => setOpened(null)} />}
    </OpenSource.Provider>
  );
}

/** The events of the run, read when a source is first opened; read again after a failure. */
function useEventsOnce(runId: string): () => Promise<readonly Event[]> {
  const reading = useRef<{ runId: string; events: Promise<readonly Event[]> } | null>(null);
  return useCallback(() => {
    if (reading.current?.runId !== runId) {
      const events = loadEvents(runId);
      reading.current = { runId, events };
      events.catch(() => {
        reading.current = null;
      });
    }
    return reading.current?.events ?? loadEvents(runId);
  }, [runId]);
}

function Headline({ answer }: { answer: Answer }) {
  return blocksIn(answer, 'headline').map((block, index) => (
    <BlockView key={index} block={block} figures={answer.figures} />
  ));
}

function Plan({ answer }: { answer: Answer }) {
  const items = allRecommendations(answer);
  if (items.length === 0) return null;
  return (
    <section class="answer-section" aria-label="The plan">
      <h3>{items.length === 1 ? 'The change' : 'The plan, change by change'}</h3>
      {items.map((item) => (
        <RecommendationCard key={item.id} item={item} figures={answer.figures} />
      ))}
    </section>
  );
}

function Evidence({ answer }: { answer: Answer }) {
  const blocks = blocksIn(answer, 'evidence');
  if (blocks.length === 0) return null;
  return (
    <div class="answer-section">
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} figures={answer.figures} />
      ))}
    </div>
  );
}

/** One block; recommendations are part of the plan. */
function BlockView({ block, figures }: { block: Block; figures: readonly Figure[] }) {
  switch (block.type) {
    case 'figures':
      return <Tiles block={block} />;
    case 'chart':
      return <Chart chart={block} />;
    case 'table':
      return <DataTable table={block} />;
    case 'text':
      return <AnswerText text={block.text} figures={figures} />;
    case 'recommendation':
      return null;
    default:
      return unhandled(block);
  }
}

function Footer({ answer, question }: { answer: Answer; question: string }) {
  return (
    <footer class="answer-footer">
      <button
        type="button"
        class="button quiet small"
        onClick={() => copy(answerMarkdown(answer, question), 'The answer')}
      >
        <Icon name="copy" />
        Copy answer
      </button>
      <span class="num" title="What the language model took for this answer">
        {costInWords(costOf(answer))}
      </span>
    </footer>
  );
}
