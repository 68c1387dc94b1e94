import { type ReadonlySignal, signal } from '@preact/signals';
import { route } from '../nav/routes';

const opened = signal(false);

/** Whether the conversations lie over the present one; only where there is no room beside it. */
export const drawerOpen: ReadonlySignal<boolean> = opened;

/** Shows the conversations. */
export function openDrawer(): void {
  opened.value = true;
}

/** Shows the present conversation again. */
export function closeDrawer(): void {
  opened.value = false;
}

route.subscribe(closeDrawer);
matchMedia('(max-width: 820px)').addEventListener('change', closeDrawer); // as in app.css

// Escape closes the drawer, and nobody else hears of it. Always listening: an effect would come a frame after the opening.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !opened.value) return;
  event.preventDefault();
  closeDrawer();
});
