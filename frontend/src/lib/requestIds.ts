/** A new `client_request_id`: one message keeps it over all tries. */
export function newRequestId(): string {
  return crypto.randomUUID();
}

/** The run that a request of this user becomes, as the server computes it: known before anything is sent. */
export async function runIdOf(uid: string, requestId: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${uid}|${requestId}`);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
