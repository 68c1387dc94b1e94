/**
 * Made by scripts/contract.mjs from the server's own models (functions/contract.py). Do not edit: run it again.
 */

/**
 * The agents, in the order in which they work.
 */
export type AgentName = "triage" | "data" | "optimization" | "actions" | "reporting";
export type Block = TextBlock | TableBlock | ChartBlock | Recommendation | FigureListBlock;
/**
 * What a number counts; pct: 12.5 means 12.5 %.
 */
export type Unit = "usd" | "pct" | "tokens" | "ms" | "requests" | "count";
/**
 * The closed list; the value is what clients see.
 */
export type ErrorCode =
  | "invalid_json"
  | "invalid_request"
  | "empty_message"
  | "message_too_long"
  | "not_utf8"
  | "body_too_large"
  | "unauthenticated"
  | "invalid_key"
  | "forbidden"
  | "account_needed"
  | "not_found"
  | "method_not_allowed"
  | "thread_not_found"
  | "run_not_found"
  | "dataset_not_found"
  | "key_not_found"
  | "recommendation_not_found"
  | "recommendation_status"
  | "baseline_data_gone"
  | "not_measurable"
  | "request_id_reused"
  | "idempotency_key_reused"
  | "too_many_runs"
  | "quota_exhausted"
  | "busy"
  | "guest_busy"
  | "guest_moving"
  | "unreadable_file"
  | "unknown_format"
  | "notation_open"
  | "model_needed"
  | "unknown_model"
  | "no_usable_rows"
  | "dataset_too_large"
  | "chunk_too_large"
  | "one_request_too_large"
  | "chunk_out_of_order"
  | "dataset_closed"
  | "upload_expired"
  | "unusable_evaluation"
  | "too_many_evaluations"
  | "real_models_needed"
  | "candidate_not_offered"
  | "sample_over_quota"
  | "evaluation_not_found"
  | "evaluation_failed"
  | "model_unavailable"
  | "answer_failed"
  | "run_budget_exhausted"
  | "run_too_long"
  | "run_too_costly"
  | "internal";
/**
 * queued: waits for the run before it in its thread.
 */
export type RunStatus = "queued" | "running" | "completed" | "failed" | "cancelled";
/**
 * The dimensions of queries by their names; see DIMENSIONS.
 */
export type DimensionName =
  | "day"
  | "week"
  | "month"
  | "weekday"
  | "hour"
  | "minute"
  | "feature"
  | "provider"
  | "model"
  | "status"
  | "tier"
  | "user";
export type Event =
  AgentStarted | AgentThinking | ToolExecuting | ToolCompleted | AgentCompleted | AgentFailed | AgentCancelled;
/**
 * The measures of queries by their names; see MEASURES.
 */
export type MeasureName =
  | "cost"
  | "reported_cost"
  | "billed_cost"
  | "reasoning_cost"
  | "server_tool_fees"
  | "server_tool_calls"
  | "audio_tokens"
  | "audio_cost"
  | "image_tokens"
  | "image_cost"
  | "geography_cost"
  | "cost_per_request"
  | "cost_per_1k_tokens"
  | "requests"
  | "failed_requests"
  | "error_rate"
  | "unpriced_requests"
  | "input_tokens"
  | "output_tokens"
  | "total_tokens"
  | "cached_tokens"
  | "cache_write_tokens"
  | "reasoning_tokens"
  | "average_input_tokens"
  | "average_output_tokens"
  | "input_floor"
  | "input_p50"
  | "input_p95"
  | "cached_share"
  | "repeated_requests"
  | "repeated_share"
  | "repeated_cost"
  | "quality"
  | "latency_p50"
  | "latency_p95"
  | "ttft_p50"
  | "ttft_p95";
export type Message = QuestionMessage | AnswerMessage | ClosingMessage;
/**
 * The periods of queries by their names; see PERIODS.
 */
export type PeriodName =
  | "last_days"
  | "last_week"
  | "week_before"
  | "this_week"
  | "today"
  | "yesterday"
  | "this_month"
  | "last_month"
  | "between"
  | "previous";
/**
 * The life of a recommendation; rejected ends it.
 */
export type RecommendationStatus = "proposed" | "accepted" | "implemented" | "verified" | "rejected";
/**
 * The tiers, the smallest first.
 */
export type TierName = "free" | "early" | "mid" | "enterprise";

/**
 * The run was stopped by its user.
 */
export interface AgentCancelled {
  run_id: string;
  seq: number;
  step: number;
  agent: AgentName;
  at: number;
  final: boolean;
  type: "agent_cancelled";
}
/**
 * An agent is done; with `final: true` the answer is ready and `answer` holds it.
 */
export interface AgentCompleted {
  run_id: string;
  seq: number;
  step: number;
  agent: AgentName;
  at: number;
  final: boolean;
  type: "agent_completed";
  result: string;
  answer?: Answer;
}
/**
 * The answer of a run; `cost_usd` is what its model calls cost. With `choices` it is a question back.
 */
export interface Answer {
  text: string;
  reading?: ReadQuestion;
  choices: Choice[];
  used?: ModelTokens;
  blocks: Block[];
  figures: Figure[];
  recommendations: Recommendation[];
  cost_usd: number;
}
/**
 * How the message was read. `text`: in words, "" where that is trivial; `unread`: words that were not used.
 *
 * `question`: the reading itself, JSON, for later turns of the thread; a client does not look inside.
 */
export interface ReadQuestion {
  text: string;
  chips: Chip[];
  unread: string[];
  question: string;
}
/**
 * A piece of the reading that can be taken off, or changed to one of its options, by its id.
 */
export interface Chip {
  id: string;
  kind: "period" | "versus" | "filter" | "group" | "top" | "threshold" | "constraint";
  label: string;
  options: ChipOption[];
}
/**
 * What a chip can be changed to.
 */
export interface ChipOption {
  value: string;
  label: string;
}
/**
 * A reading that a question back lets choose; `question`: the reading itself, of which a client sends the id.
 */
export interface Choice {
  id: string;
  label: string;
  question: string;
}
/**
 * What the model calls of an answer used; `input` includes `cached`.
 */
export interface ModelTokens {
  calls: number;
  input: number;
  cached: number;
  output: number;
}
/**
 * A paragraph, Markdown without raw HTML.
 */
export interface TextBlock {
  type: "text";
  text: string;
}
/**
 * `rows` hold raw values in the units of `units` (None: text); `source` as in Figure.
 *
 * On the wire a row is `{"cells": [...]}`: Firestore refuses a list directly inside a list.
 */
export interface TableBlock {
  type: "table";
  title: string;
  columns: string[];
  units: (Unit | null)[];
  rows: TableRow[];
  source: number;
}
/**
 * A row of a table, as it is stored.
 */
export interface TableRow {
  cells: (string | number | null)[];
}
/**
 * One value per label, with its text equivalent being the same rows.
 *
 * `bars` rank; a `line` runs over time; a `histogram` has ranges as labels; a `waterfall` begins with a whole, goes on
 * with what is taken off (negative) and ends with what is left. `compared`: of the period that is compared with, per
 * label; `series`: what `values` and `compared` are called, in this order.
 */
export interface ChartBlock {
  type: "chart";
  title: string;
  unit: Unit;
  labels: string[];
  values: number[];
  kind: "bars" | "line" | "histogram" | "waterfall";
  comparison?: number[];
  series: string[];
  source: number;
}
/**
 * One thing to do. `savings_usd` is for the range of the data, net, after the recommendations ranked before it.
 *
 * It touches `requests` with `input_tokens`: of one feature (None: all of the data), of `from_model` (None: any).
 * `provider` and `to_provider` sell `from_model` and `to_model`; None, too, in answers from before they were recorded.
 * `stored_id`: its document is `users/{uid}/recommendations/{stored_id}`; "" in answers from before there were any.
 */
export interface Recommendation {
  type: "recommendation";
  id: string;
  rank: number;
  kind: string;
  title: string;
  savings_usd: number;
  savings_pct: number;
  effort: "low" | "medium" | "high";
  risk: "low" | "medium" | "high";
  confidence: "low" | "medium" | "high";
  method: string;
  assumptions: string[];
  steps: string[];
  verify: string;
  rollback: string;
  snippet: string;
  source: number;
  stored_id: string;
  feature?: string;
  from_model?: string;
  provider?: string;
  to_model?: string;
  to_provider?: string;
  requests: number;
  input_tokens: number;
}
/**
 * Headline numbers shown as tiles: name and value.
 */
export interface FigureListBlock {
  type: "figures";
  title: string;
  facts: Fact[];
  source: number;
}
/**
 * One number that a tool computed from the customer's data; `value` in the base unit (pct: 12.5 means 12.5 %).
 *
 * `of`: what it is of; None where it is no measure of rows (a target, a count of days).
 */
export interface Fact {
  name: string;
  value: number;
  unit: Unit;
  of?: Scope;
}
/**
 * What a number is of: a measure of the rows with these names of the data, on these days (UTC, ISO, included).
 */
export interface Scope {
  measure: string;
  names: string[];
  first?: string;
  last?: string;
}
/**
 * A number in the answer. `text` is an exact substring of it; `source` the seq of a tool_completed event.
 */
export interface Figure {
  text: string;
  value: number;
  unit: Unit;
  source: number;
}
/**
 * The run ended without an answer; `message` is for the customer.
 */
export interface AgentFailed {
  run_id: string;
  seq: number;
  step: number;
  agent: AgentName;
  at: number;
  final: boolean;
  type: "agent_failed";
  code: ErrorCode;
  message: string;
  retryable: boolean;
  support_id: string;
}
/**
 * Work on the customer's problem began.
 */
export interface AgentStarted {
  run_id: string;
  seq: number;
  step: number;
  agent: AgentName;
  at: number;
  final: boolean;
  type: "agent_started";
}
/**
 * What the agent is considering, in the customer's terms.
 *
 * `replaces`: thoughts of this step from that seq on were of a reply that broke off; a reader takes them back.
 */
export interface AgentThinking {
  run_id: string;
  seq: number;
  step: number;
  agent: AgentName;
  at: number;
  final: boolean;
  type: "agent_thinking";
  thought: string;
  replaces?: number;
}
/**
 * `.../messages/{run}`: the answer of a completed run.
 */
export interface AnswerMessage {
  v: 1 | 2;
  text: string;
  reading?: ReadQuestion;
  choices: Choice[];
  used?: ModelTokens;
  blocks: Block[];
  figures: Figure[];
  recommendations: Recommendation[];
  cost_usd: number;
  role: "assistant";
  run_id: string;
  status: "completed";
  created_at: Timestamp;
}
/**
 * A time as Firestore's SDK gives it; its own class fits.
 */
export interface Timestamp {
  seconds: number;
  nanoseconds: number;
  toMillis: () => number;
}
/**
 * What later usage is compared with, frozen at acceptance: the requests concerned, on which days (UTC, ISO).
 *
 * `days`: those with such requests; `expected_usd`: what the recommendation promised for them; `price_version`: the
 * price list. How the requests behaved lies where no client reads it.
 */
export interface BaselineSummary {
  first_day: string;
  last_day: string;
  days: number;
  requests: number;
  expected_usd: number;
  price_version: string;
}
/**
 * An upload is open. No chunk may have more than `chunk_limit_bytes` compressed bytes.
 */
export interface BeginReply {
  dataset_id: string;
  chunk_limit_bytes: number;
}
/**
 * A file to come. `model`: for logs without a model column; `size_bytes`: uncompressed, to be refused early.
 */
export interface BeginRequest {
  client_request_id: string;
  name: string;
  model?: string | null;
  size_bytes?: number | null;
}
/**
 * The final status of a run that was to be stopped; it may have ended earlier.
 */
export interface CancelReply {
  run_id: string;
  status: RunStatus;
}
/**
 * With `client_request_id`, Stop works before the turn has arrived.
 */
export interface CancelRequest {
  client_request_id?: string | null;
}
/**
 * Rows imported and rejected so far.
 */
export interface ChunkReply {
  rows: number;
  rejects: number;
}
/**
 * A click on the last answer of the thread: one of its choices, or a chip of its reading.
 *
 * A chip is taken off, or changed to its option `to`.
 */
export interface ClickRequest {
  choice?: string | null;
  chip?: string | null;
  to?: string | null;
}
/**
 * `.../messages/{run}`: in place of an answer where the run failed or was stopped; `text` says so.
 */
export interface ClosingMessage {
  v: 1 | 2;
  role: "assistant";
  run_id: string;
  status: "failed" | "cancelled";
  text: string;
  created_at: Timestamp;
}
/**
 * Questions can be asked about the dataset; `rows` were imported, `rejects` were not.
 */
export interface CompleteReply {
  dataset_id: string;
  rows: number;
  rejects: number;
  status: "ready";
}
/**
 * `chunks`: how many were sent, so that a lost one is noticed.
 */
export interface CompleteRequest {
  chunks: number;
}
/**
 * Only rows whose dimension is one of the values or, negated, none of them.
 */
export interface Condition {
  dimension: DimensionName;
  /**
   * @minItems 1
   * @maxItems 100
   */
  values: string[];
  negated?: boolean;
}
/**
 * What the answer rests on: the days that it is of, those of the data, and what else there is to say.
 */
export interface CoverageReply {
  first: string;
  last: string;
  data_first: string;
  data_last: string;
  unpriced_requests: number;
  other: DimensionName[];
  notes: string[];
}
/**
 * `users/{uid}/datasets/{dataset}`: an upload. `model`: given for a file that names none; `bytes`: uncompressed.
 *
 * `next_chunk`: parts imported so far; `reject_chunks`: those that have a RejectsDocument below, a hundred at most.
 * `content_sha256`: of a file that came in one request, and of the model given with it. `shared` are of the `rows`.
 * `unread_usd`: what the rejected rows cost, as far as they say so.
 */
export interface DatasetDocument {
  v: 1 | 2;
  name: string;
  model: string | null;
  status: "receiving" | "ready" | "failed" | "deleting";
  rows: number;
  rejects: number;
  bytes: number;
  next_chunk: number;
  shards: string[];
  reject_chunks: number[];
  notes: string[];
  created_at: Timestamp;
  error?: ErrorDetails;
  content_sha256?: string;
  shared?: SharedRows[];
  unread_usd?: number;
}
/**
 * An error in the customer's words; its causes are logged under `support_id`.
 */
export interface ErrorDetails {
  code: ErrorCode;
  message: string;
  retryable: boolean;
  support_id: string;
}
/**
 * Rows that other datasets had already: a question on any of `also_in` leaves them out.
 */
export interface SharedRows {
  also_in: string[];
  shards: string[];
  rows: number;
}
/**
 * A dataset was deleted, or an upload abandoned.
 */
export interface DeleteDatasetReply {
  dataset_id: string;
  status: "deleted";
}
/**
 * An evaluation was deleted, with its scores or what was left of its sample.
 */
export interface DeleteEvaluationReply {
  evaluation_id: string;
  status: "deleted";
}
/**
 * A key was deleted, and is refused from now on.
 */
export interface DeleteKeyReply {
  key_id: string;
  status: "deleted";
}
/**
 * A thread was deleted, with all its messages.
 */
export interface DeleteThreadReply {
  thread_id: string;
  status: "deleted";
}
/**
 * The body of every reply with a status of 400 or more.
 */
export interface ErrorBody {
  error: ErrorDetails;
}
/**
 * `users/{uid}/evaluations/{id}`: evidence on quality: scores of `prompts` prompts or a replay of as many requests.
 *
 * `feature`: what a replay's sample is of, null where it stands for all; scores name it by prompt. `due_at`: when a
 * running replay continues. The scores and the sample lie where no client reads them.
 */
export interface EvaluationDocument {
  v: 1 | 2;
  name: string;
  kind: "scores" | "replay";
  status: "running" | "ready" | "failed";
  feature: string | null;
  prompts: number;
  created_at: Timestamp;
  scores?: ModelScore[];
  replay?: ReplayProgress;
  due_at?: Timestamp;
  ended_at?: Timestamp;
  error?: ErrorDetails;
}
/**
 * A model in an evaluation: the mean of its scores of `prompts`; `graded` where all were right (1) or wrong (0).
 */
export interface ModelScore {
  model: string;
  mean: number;
  prompts: number;
  graded: boolean;
}
/**
 * A sample that `candidate` answers again, judged blind against the answers of `reference`.
 *
 * Of the `done` requests so far the candidate's answer was better in `wins`, worse in `losses` and neither in `ties`;
 * `left_out` could not be judged. `cost_usd`: of the model calls, which the customer does not pay. The win rate (ties
 * half, 95 % interval `low` to `high`) and the verdict come with the end; `more`: further requests that would
 * settle an open one, left out where none would.
 */
export interface ReplayProgress {
  reference: string;
  candidate: string;
  parts: number;
  parts_done: number;
  attempts: number;
  done: number;
  left_out: number;
  wins: number;
  ties: number;
  losses: number;
  contradictions: number;
  cost_usd: number;
  quota_month: string;
  win_rate?: number;
  low?: number;
  high?: number;
  verdict?: "supports" | "against" | "open";
  more?: number;
}
/**
 * The query of an evaluation, whose file is the body: scores, or with `reference` (the present model) and
 * `candidate` a sample to be replayed. `feature`: what the sample is of; without it, it stands for all.
 */
export interface EvaluationQuery {
  client_request_id: string;
  name: string;
  reference?: string | null;
  candidate?: string | null;
  feature?: string | null;
}
/**
 * An evaluation was accepted; its document says what becomes of it. A repeat gives the same.
 */
export interface EvaluationReply {
  evaluation_id: string;
  kind: "scores" | "replay";
}
/**
 * Which tool is used, and why. `tool_call_id` is unique within the step.
 */
export interface ToolExecuting {
  run_id: string;
  seq: number;
  step: number;
  agent: AgentName;
  at: number;
  final: boolean;
  type: "tool_executing";
  tool: string;
  tool_call_id: string;
  purpose: string;
}
/**
 * What the tool found. `facts` are the numbers that figures of the answer trace back to.
 */
export interface ToolCompleted {
  run_id: string;
  seq: number;
  step: number;
  agent: AgentName;
  at: number;
  final: boolean;
  type: "tool_completed";
  tool: string;
  tool_call_id: string;
  status: "completed" | "failed" | "cancelled";
  result_summary: string;
  facts: Fact[];
}
/**
 * `users/{uid}/runs/{run}/events/{first_seq}`: the events of one commit, the first of them numbered `first_seq`.
 */
export interface EventsDocument {
  v: 1 | 2;
  first_seq: number;
  /**
   * @minItems 1
   */
  events: Event[];
  expire_at: Timestamp;
}
/**
 * Of a file in one request: the name of its dataset, and the model of a log without a model column.
 */
export interface FileParameters {
  name: string;
  model?: string | null;
}
/**
 * An API key, without its secret. `created_at`: ISO 8601, UTC; `last_used_day`: the UTC day, null before.
 */
export interface KeyReply {
  key_id: string;
  name: string;
  live: boolean;
  last_four: string;
  created_at: string;
  last_used_day: string | null;
}
/**
 * A key to be made. `live`: for messages of live data (Pub/Sub), and for nothing else.
 */
export interface KeyRequest {
  name: string;
  live?: boolean;
}
/**
 * All keys of the account, the oldest first.
 */
export interface KeysReply {
  keys: KeyReply[];
}
/**
 * `users/{uid}/ledger/{row}`: what one recommendation saved on one UTC day; usage that comes later for that day
 * writes the same row again.
 *
 * Money is USD at the prices of the day: `saved_usd` = `counterfactual_usd` - `actual_usd`, negative where the change
 * costs more. `price_effect_usd`: what changed prices did since acceptance, never a saving of ours. `low_usd` to
 * `high_usd`: 95 % interval of `saved_usd`, null where `method` says why there is none. `measured`: from usage, and
 * the base of fees; `projected`: carried forward, free of fees. `recommendation`: the opportunity's id; where it and
 * `recommendation_id` are null, the row is what no accepted recommendation of the feature explains, free of fees, too.
 * `footprint`: how far the change has gone, as a share.
 */
export interface LedgerDocument {
  v: 1 | 2;
  recommendation_id: string | null;
  title: string;
  month: string;
  day: string;
  recommendation: string | null;
  kind: string | null;
  feature: string | null;
  basis: "measured" | "projected";
  requests: number;
  counterfactual_usd: number;
  actual_usd: number;
  saved_usd: number;
  price_effect_usd: number;
  low_usd: number | null;
  high_usd: number | null;
  footprint: number;
  method: string;
  baseline: string | null;
  price_version: string;
  verified_at: Timestamp;
}
/**
 * A line; `versus` and `differences` are null where nothing is compared.
 */
export interface LineReply {
  keys: {
    [k: string]: string;
  };
  values: {
    [k: string]: number | null;
  };
  versus: {
    [k: string]: number | null;
  } | null;
  differences: {
    [k: string]: number | null;
  } | null;
}
/**
 * The sum of a recommendation's measured rows in the ledger, from `first_day` to `last_day` (UTC, ISO).
 *
 * `saved_usd` is negative where the change has cost more than it saved; `days`: those that were measured.
 */
export interface MeasuredSavings {
  saved_usd: number;
  days: number;
  first_day: string;
  last_day: string;
}
/**
 * How many conversations and datasets came from the guest; a repeat after the end moves none.
 */
export interface MergeReply {
  threads: number;
  datasets: number;
}
/**
 * `guest_token`: the ID token of the guest whose conversations and data the signed-in account takes over.
 */
export interface MergeRequest {
  guest_token: string;
}
/**
 * `.../messages/{run}-question`: what the user wrote.
 */
export interface QuestionMessage {
  v: 1 | 2;
  role: "user";
  run_id: string;
  text: string;
  created_at: Timestamp;
}
/**
 * A new key; `secret` is returned only once.
 */
export interface NewKeyReply {
  secret: string;
  key: KeyReply;
}
/**
 * How lines are ordered; without a measure by their names, which are those of time, or of the alphabet.
 */
export interface Order {
  measure?: MeasureName | null;
  descending?: boolean;
  by_difference?: boolean;
}
/**
 * A period as it is asked for.
 */
export interface Period {
  name: PeriodName;
  days?: number | null;
  first?: string | null;
  last?: string | null;
}
/**
 * The answer to a query, or why the data cannot answer it: one of the two is null.
 */
export interface QueryReply {
  answer: ResultReply | null;
  unanswerable: Refusal | null;
}
/**
 * The answer to a query.
 */
export interface ResultReply {
  query: UsageQuery;
  rows: LineReply[];
  total: {
    [k: string]: number | null;
  };
  rest: RestReply | null;
  versus: VersusReply | null;
  coverage: CoverageReply;
}
/**
 * Measures of the rows that meet all conditions, in a period, by up to two dimensions.
 *
 * Without `order`, lines by time stand in its order, all others by the first measure, largest first; so do those of a
 * `top`.
 */
export interface UsageQuery {
  /**
   * @minItems 1
   * @maxItems 37
   */
  measures: MeasureName[];
  /**
   * @maxItems 24
   */
  where?: Condition[];
  period?: Period | null;
  versus?: Period | null;
  /**
   * @maxItems 2
   */
  by?: DimensionName[];
  order?: Order | null;
  top?: number | null;
  threshold?: Threshold | null;
}
/**
 * Only lines whose value is at least, or at most, so much.
 */
export interface Threshold {
  measure: MeasureName;
  at_least?: number | null;
  at_most?: number | null;
}
/**
 * All lines that are not shown, together.
 */
export interface RestReply {
  lines: number;
  values: {
    [k: string]: number | null;
  };
  versus: {
    [k: string]: number | null;
  } | null;
  differences: {
    [k: string]: number | null;
  } | null;
}
/**
 * The period that is compared with, and everything in it.
 */
export interface VersusReply {
  first: string;
  last: string;
  total: {
    [k: string]: number | null;
  };
  differences: {
    [k: string]: number | null;
  };
}
/**
 * Why there is no answer, and the nearest query that has one.
 */
export interface Refusal {
  reason: string;
  nearest: UsageQuery | null;
}
/**
 * A query of usage data. `dataset_ids` null: of all that the user has.
 */
export interface QueryRequest {
  query: UsageQuery;
  dataset_ids?: string[] | null;
}
/**
 * `users/{uid}/recommendations/{id}`: a change that a plan proposed, and what became of it.
 *
 * The id is the `stored_id` of a recommendation in an answer. A later answer refreshes one that is still proposed, and
 * leaves all others alone. Times are of the last step of that kind; `baseline` is there from acceptance on, `measured`
 * from the first verification on.
 */
export interface RecommendationDocument {
  v: 1 | 2;
  status: RecommendationStatus;
  proposal: Recommendation;
  dataset_ids: string[];
  run_id: string;
  thread_id: string;
  proposed_at: Timestamp;
  accepted_at?: Timestamp;
  implemented_at?: Timestamp;
  verified_at?: Timestamp;
  rejected_at?: Timestamp;
  baseline?: BaselineSummary;
  measured?: MeasuredSavings;
}
/**
 * The status of a recommendation after a decision on it; a repeat gives the same.
 */
export interface RecommendationReply {
  recommendation_id: string;
  status: RecommendationStatus;
}
/**
 * A row of the file that could not be used; `line` counts from 1.
 */
export interface RejectedRow {
  line: number;
  reason: string;
}
/**
 * `.../datasets/{dataset}/rejects/{chunk}`: the first rejected rows of a chunk.
 */
export interface RejectsDocument {
  v: 1 | 2;
  rejects: RejectedRow[];
}
/**
 * A thread has another title.
 */
export interface RenameReply {
  thread_id: string;
  title: string;
}
/**
 * Another title for a thread; spaces around it are dropped.
 */
export interface RenameRequest {
  title: string;
}
/**
 * `users/{uid}/runs/{run}`: status and outcome; the events lie below.
 */
export interface RunDocument {
  v: 1 | 2;
  thread_id: string;
  status: RunStatus;
  created_at: Timestamp;
  updated_at: Timestamp;
  ended_at?: Timestamp;
  error?: ErrorDetails;
}
/**
 * A recommendation in a month, measured and projected apart, or what no recommendation explains. Money is USD.
 *
 * `recommendation_id`: null, and `title` "", for what is unexplained; `low_usd` to `high_usd`: 95 % interval, null
 * where it cannot be computed. `price_effect_usd`: what changed prices did, no saving of ours. Lines may be negative.
 */
export interface StatementLine {
  recommendation_id: string | null;
  title: string;
  feature: string;
  basis: "measured" | "projected" | "unexplained";
  days: number;
  requests: number;
  counterfactual_usd: number;
  actual_usd: number;
  saved_usd: number;
  low_usd: number | null;
  high_usd: number | null;
  price_effect_usd: number;
}
/**
 * Which month (UTC, "2026-11"), as JSON or as a CSV file.
 */
export interface StatementQuery {
  month: string;
  format?: "json" | "csv";
}
/**
 * A month (UTC, "2026-11") of the ledger, and its fee. `tier`: at the end of the month, or now. Money is USD.
 *
 * The fee is `fee_pct` of `measured_usd`, the net of what verified recommendations have saved; in whole cents, never
 * below 0. What may still be chance (`unproven_usd`), is projected or unexplained is shown and is free.
 */
export interface StatementReply {
  month: string;
  tier: TierName;
  fee_pct: number;
  measured_usd: number;
  unproven_usd: number;
  projected_usd: number;
  unexplained_usd: number;
  fee_usd: number;
  lines: StatementLine[];
}
/**
 * `users/{uid}/threads/{thread}`. `open_runs` in their order, the first one works; `answered`: completed runs.
 */
export interface ThreadDocument {
  v: 1 | 2;
  title: string;
  created_at: Timestamp;
  updated_at: Timestamp;
  open_runs: string[];
  answered: string[];
  dataset_ids: string[];
}
/**
 * A turn was accepted: its run, whose events can be listened to, and its thread.
 */
export interface TurnReply {
  run_id: string;
  thread_id: string;
  status: RunStatus;
}
/**
 * One message. Without `thread_id` a new thread begins; without `dataset_ids` all data of the thread count.
 *
 * `click`: what the message was made of, where it was not typed.
 */
export interface TurnRequest {
  client_request_id: string;
  message: string;
  thread_id?: string | null;
  /**
   * @maxItems 20
   */
  dataset_ids?: string[];
  click?: ClickRequest | null;
}
/**
 * How far an upload is: resume with part `next_chunk`, from byte `bytes` of the (uncompressed) file.
 */
export interface UploadReply {
  dataset_id: string;
  status: "receiving" | "ready" | "failed";
  next_chunk: number;
  bytes: number;
  rows: number;
  rejects: number;
  error: ErrorDetails | null;
}
/**
 * A file was imported: `rejected` lists the first 100 of `rejects` rows, `notes` say how it was read.
 */
export interface UsageReply {
  dataset_id: string;
  rows: number;
  rejects: number;
  rejected: RejectedRow[];
  notes: string[];
  status: "ready";
}
/**
 * `users/{uid}`. `quota`: questions by UTC month ("2026-11"); `datasets`: those that can be asked about.
 */
export interface UserDocument {
  v: 1 | 2;
  email: string | null;
  guest: boolean;
  tier: TierName;
  quota: {
    [k: string]: number;
  };
  open_runs: string[];
  datasets: string[];
  created_at: Timestamp;
  merged_into?: string;
  moved?: {
    [k: string]: number;
  };
}

export const AGENT_ORDER = ["triage","data","optimization","actions","reporting"] as const;
export const CHUNK_BYTES = 8388608 as const;
export const DATASET_BYTES = 17179869184 as const;
export const DATASET_NAME_LIMIT = 200 as const;
export const KEY_NAME_LIMIT = 100 as const;
export const EVALUATION_BYTES = 16777216 as const;
export const EVALUATION_SAMPLE_BYTES = 3145728 as const;
export const EVALUATION_SAMPLE_LIMIT = 1000 as const;
export const FEE_PCT = {"free":0,"early":20,"mid":15,"enterprise":10} as const;
export const MESSAGE_LIMIT = 8000 as const;
export const MODEL_NAMES = ["ada","babbage","babbage-002","c4ai-aya-expanse-32b","chatgpt-4o-latest","claude-2","claude-3-5-haiku","claude-3-5-haiku-latest","claude-3-5-sonnet","claude-3-7-sonnet","claude-3-7-sonnet-latest","claude-3-haiku","claude-3-opus","claude-3-opus-latest","claude-3-sonnet","claude-4-opus","claude-4-sonnet","claude-fable-5","claude-fable-5-1","claude-fable-5-2","claude-haiku-4-5","claude-haiku-5-5","claude-mythos-5","claude-mythos-5-1","claude-mythos-5-2","claude-opus-4-0","claude-opus-4-1","claude-opus-4-5","claude-opus-4-6","claude-opus-4-7","claude-opus-4-8","claude-opus-5","claude-opus-5-5","claude-sonnet-4-0","claude-sonnet-4-5","claude-sonnet-4-6","claude-sonnet-5","claude-sonnet-5-5","claude-v1","codestral-2508","codestral-embed-2505","codex-mini","command","command-a","command-r","command-r-plus","command-r7b","computer-use","curie","davinci","davinci-002","deepseek-chat","deepseek-flash","deepseek-r1-0528","deepseek-reasoner","deepseek-v3.1-terminus","deepseek-v3.2","deepseek-v3.2-exp","deepseek-v4-1-flash-1017","deepseek-v4-flash","deepseek-v4-pro","embed-v4.0","gemini-1.0-pro-vision-001","gemini-1.5-flash","gemini-1.5-pro","gemini-2.5-flash","gemini-2.5-flash-lite","gemini-2.5-pro","gemini-3-flash-preview","gemini-3.1-flash-lite","gemini-3.1-pro-preview","gemini-3.5-flash","gemini-3.5-flash-lite","gemini-3.6-flash","gemini-3.7-flash","gemini-3.8-flash","gemini-4-argon","gemini-embedding-001","gemini-embedding-2","gemini-flash-1.5","gemini-flash-1.5-8b","gemini-pro","gemini-pro-1.5","gemini-robotics-er-2-preview","gemini-robotics-er-2-streaming-preview","gemma-2-27b-it","gemma-4-26b-a4b-it-maas","gemma-7b-it","gemma2-9b-it","gpt-3.5-0301","gpt-3.5-turbo","gpt-3.5-turbo-0613","gpt-3.5-turbo-1106","gpt-3.5-turbo-16k","gpt-3.5-turbo-instruct","gpt-4","gpt-4-32k","gpt-4-turbo","gpt-4-vision-preview","gpt-4.1","gpt-4.1-mini","gpt-4.1-nano","gpt-4.5-preview","gpt-4o","gpt-4o-2024-05-13","gpt-4o-mini","gpt-4o-search-preview","gpt-5","gpt-5-mini","gpt-5-nano","gpt-5-pro","gpt-5-search-api","gpt-5.1","gpt-5.1-codex-mini","gpt-5.2","gpt-5.2-pro","gpt-5.3","gpt-5.3-codex","gpt-5.4","gpt-5.4-mini","gpt-5.4-nano","gpt-5.4-pro","gpt-5.5","gpt-5.5-cyber","gpt-5.5-pro","gpt-5.6-cyber","gpt-5.6-luna","gpt-5.6-sol","gpt-5.6-terra","gpt-6-astra","gpt-6-cyber","gpt-6-luna","gpt-6-rosalind","gpt-6-sol","gpt-6.1-sol","gpt-6.1-terra","gpt-chat-latest","gpt-oss-120b","gpt-oss-20b","gpt-oss-safeguard-20b","gpt-rosalind-discovery","gpt-rosalind-research","grok-2-vision-1212","grok-3","grok-3-fast","grok-3-mini","grok-3-mini-fast","grok-4-0709","grok-4-1-fast-non-reasoning","grok-4-1-fast-reasoning","grok-4-fast-non-reasoning","grok-4-fast-reasoning","grok-4.20","grok-4.20-multi-agent-0309","grok-4.3","grok-4.5","grok-4.6","grok-4.7","grok-build-0.1","grok-code-fast-1","kimi-k2.6","kimi-k2.7-code","kimi-k2.7-code-highspeed","kimi-k3","kimi-k3.1-pro","kimi-k3.1-pro-highspeed","llama-3.1-405b-reasoning","llama-3.1-70b-versatile","llama-3.1-8b-instant","llama-3.1-sonar-large-128k-online","llama-3.1-sonar-small-128k-online","llama-3.2-11b-text-preview","llama-3.2-11b-vision-preview","llama-3.2-1b-preview","llama-3.2-3b-preview","llama-3.2-90b-text-preview","llama-3.2-90b-vision-preview","llama-3.3-70b-specdec","llama-3.3-70b-versatile","llama-guard-3-8b","llama2-70b-4096","llama3-70b-8192","llama3-8b-8192","llama3-groq-70b-8192-tool-use-preview","llama3-groq-8b-8192-tool-use-preview","ministral-14b-2512","ministral-3b","ministral-3b-2512","ministral-8b","ministral-8b-2512","ministral-8b-latest","mistral-7b","mistral-embed","mistral-large","mistral-large-2512","mistral-large-4","mistral-medium-2312","mistral-medium-3-5","mistral-medium-latest","mistral-nemo","mistral-saba","mistral-saba-24b","mistral-small-24b-instruct-2501","mistral-small-2603","mistral-small-3.1-24b-instruct","mistral-small-3.2-24b-instruct","mistral-small-latest","mixtral-8x22b-instruct","mixtral-8x7b","mixtral-8x7b-32768","muse-spark-1.1","muse-spark-1.2","muse-spark-1.2-contributor","muse-spark-1.3","muse-spark-1.3-contributor","muse-wonder-1.0","o1","o1-mini","o1-preview","o1-pro","o3","o3-2025-04-16","o3-deep-research","o3-mini","o3-pro","o4-mini","o4-mini-deep-research","phi-3-medium-128k-instruct","phi-3-mini-128k-instruct","phi-3.5-mini-128k-instruct","phi-4","phi-4-mini-instruct","phi-4-multimodal-instruct","phi-4-reasoning-plus","pixtral-12b","pplx-decider-flash-v1.2","pplx-decider-v1-27b","pplx-decider-v1.1-27b","pplx-decider-v1.2","pplx-embed-context-v1-0.6b","pplx-embed-context-v1-4b","pplx-embed-v1-0.6b","pplx-embed-v1-4b","qwen-3.8-27b","r1-1776","sonar-deep-research","sonar-pro-search","text-davinci-002","text-davinci-003","text-embedding-3-large","text-embedding-3-small","text-embedding-ada-002","wizardlm-2-8x22b","zai-glm-5-3","zai-glm-5-3-flash"] as const;
export const OPEN_RUNS_LIMIT = 10 as const;
export const PIECE_BYTES = 33554432 as const;
export const TOOL_TITLES = {"action_plan":"Work out the steps","audit":"Audit","before_and_after":"Compare before and after","burst":"Work out a spike","business_case":"Make a business case","capabilities":"Look up what Apex can do","combined_plan":"Put together a plan","explain":"Explain the answer before","export_guide":"Find the export to get","find_opportunities":"Look for savings","forecast_cost":"Forecast the cost","knowledge":"Look up provider facts","list_datasets":"Look at your usage data","odd_days":"Look for days out of line","query_usage":"Measure usage","rate_limit_headroom":"Compare with rate limits","read_question":"Read the question","savings_ledger":"Look up proven savings","what_if_model":"Price another model"} as const;
export const QUESTIONS_PER_MONTH = {"free":200,"early":2000,"mid":20000,"enterprise":200000} as const;
export const TITLE_LIMIT = 80 as const;
