import { ApiError } from './errors';

/** A part of the page's own code did not come: the browser asks for it again only after a reload. */
export class MissingPartError extends ApiError {
  constructor(cause: unknown) {
    super('unreachable', 'Part of the page did not load. Reload the page.', { retryable: false, cause });
  }
}

/** Waits for a part of the page's own code; it may fail to come (a bad network, or a new release of the page). */
export async function part<Module>(loading: Promise<Module>): Promise<Module> {
  try {
    return await loading;
  } catch (cause) {
    throw new MissingPartError(cause);
  }
}
