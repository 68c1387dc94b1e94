import { ApiError, connectionError } from '../api/errors';

/** What the sample log is called among the user's data. */
export const SAMPLE_NAME = 'Sample data';
const SAMPLE_PATH = '/sample/usage.csv.gz';

/** The log that comes with the page. */
export async function fetchSample(): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(SAMPLE_PATH);
    if (response.ok) return await response.blob();
  } catch (cause) {
    throw connectionError(cause);
  }
  const { status } = response;
  throw new ApiError('unreachable', 'The sample data could not be loaded. Try again in a moment.', {
    status,
  });
}
