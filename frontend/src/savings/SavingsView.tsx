import './savings.css';
import { EvidenceSection } from '../evidence/EvidenceSection';
import { evaluations } from '../evidence/evaluations';
import { Link } from '../nav/Link';
import { recommendations } from '../recommendations/recommendations';
import { session, userId } from '../session/session';
import { openSignIn } from '../session/stage';
import { LedgerSection } from './LedgerSection';
import { ledger } from './ledger';
import { RecommendationList } from './RecommendationList';
import { StatementSection } from './StatementSection';

/** What was found, what of it was accepted, and what was really saved. */
export function SavingsView() {
  const uid = userId();
  const loaded = uid !== null && areLoaded();
  const isGuest = session.value.state === 'ready' && session.value.user.guest;
  const isEmpty = recommendations.value.items.length + ledger.value.rows.length === 0;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="savings" id="savings" tabIndex={0} aria-label="Savings" aria-busy={!loaded}>
      <div class="savings-column">
        {!loaded && <p role="status">Reading your savings…</p>}
        {loaded && isEmpty && <Nothing />}
        {loaded && !isEmpty && (
          <>
            {isGuest && <ForGuests />}
            <StatementSection key={uid} uid={uid} />
            <RecommendationList />
            <LedgerSection />
          </>
        )}
        {loaded && <EvidenceSection key={uid} uid={uid} isGuest={isGuest} />}
      </div>
    </section>
  );
}

function areLoaded(): boolean {
  return recommendations.value.loaded && ledger.value.loaded && evaluations.value.loaded;
}

function Nothing() {
  return (
    <div class="savings-nothing card">
      <h2>Nothing found yet</h2>
      <p>
        Ask for a plan, for example “How do I cut this bill by 30 %?”. What it proposes is listed here: accept
        a change, make it, and the usage that arrives afterwards shows what it really saves.
      </p>
      <Link href="/" class="button primary">
        Ask for a plan
      </Link>
    </div>
  );
}

function ForGuests() {
  return (
    <div class="notice savings-guest">
      <p>You are a guest here: sign in, and your savings stay yours when this browser forgets you.</p>
      <button type="button" class="button small" onClick={openSignIn}>
        Sign in
      </button>
    </div>
  );
}
