import './ui/tokens.css';
import './ui/base.css';
import './ui/controls.css';
import { render } from 'preact';
import { App } from './app/App';
import { startDrafts } from './chat/drafts';
import { startOutbox } from './chat/outbox';
import { startSession } from './session/session';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
startOutbox();
startDrafts();
render(<App />, root);
// After the first paint: the page can be typed into before Firebase is there.
requestAnimationFrame(() => setTimeout(startSession));
