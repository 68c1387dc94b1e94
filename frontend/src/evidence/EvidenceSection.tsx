import './evidence.css';
import { useRef, useState } from 'preact/hooks';
import { Icon } from '../ui/Icon';
import { EvidenceDialog } from './EvidenceDialog';
import { EvidenceRow } from './EvidenceRow';
import { evaluations } from './evaluations';

/** What the user handed in on the quality of models, the newest first, and the way to hand in more. */
export function EvidenceSection({ uid, isGuest }: { uid: string; isGuest: boolean }) {
  const [adding, setAdding] = useState(false);
  const add = useRef<HTMLButtonElement>(null);
  const { items } = evaluations.value;
  return (
    <section class="savings-section" aria-labelledby="savings-evidence">
      <header class="savings-head">
        <h2 id="savings-evidence">Evidence on quality</h2>
        <button type="button" class="button small evidence-add" ref={add} onClick={() => setAdding(true)}>
          <Icon name="plus" />
          Add evidence
        </button>
      </header>
      <p class="savings-hint">What you hand in here decides which changes of model plans call safe.</p>
      {items.length > 0 && (
        <ul class="savings-list" aria-label="Your evidence">
          {items.map((item) => (
            <EvidenceRow key={item.id} item={item} onRemoved={() => add.current?.focus()} />
          ))}
        </ul>
      )}
      {adding && <EvidenceDialog uid={uid} isGuest={isGuest} onClose={() => setAdding(false)} />}
    </section>
  );
}
