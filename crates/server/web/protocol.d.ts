// Generated from the Rust types. Change those, then run `cargo xtask schemas`.

/** What a client may send, as a document: the twin of what `read_frame` reads, which is hand-written because foreign frames need better errors than a derived reader gives. */
export type ClientEvent = ({
  type: "session.update";
  event_id?: (string | null);
  session: SessionPatch;
} | {
  type: "conversation.item.create";
  event_id?: (string | null);
  previous_item_id?: (string | null);
  item: ItemInput;
} | {
  type: "conversation.item.retrieve";
  event_id?: (string | null);
  item_id: string;
} | {
  type: "conversation.item.truncate";
  event_id?: (string | null);
  item_id: string;
  content_index: number;
  audio_end_ms: number;
} | {
  type: "conversation.item.delete";
  event_id?: (string | null);
  item_id: string;
} | {
  type: "input_audio_buffer.append";
  event_id?: (string | null);
  audio: string;
} | {
  type: "input_audio_buffer.commit";
  event_id?: (string | null);
} | {
  type: "input_audio_buffer.clear";
  event_id?: (string | null);
} | {
  type: "output_audio_buffer.clear";
  event_id?: (string | null);
} | {
  type: "response.create";
  event_id?: (string | null);
  response?: (ResponseParams | null);
} | {
  type: "response.cancel";
  event_id?: (string | null);
  response_id?: (string | null);
});

/** What `session.update` changes. Absent and `null` differ: absent leaves a field as it is, `null` clears it. */
export type SessionPatch = {
  /** `realtime`, when given. */
  type?: (string | null);
  /** Instructions; `""` clears. */
  instructions?: (string | null);
  /** Tools; `[]` clears. */
  tools?: (Array<unknown> | null);
  /** When tools are used. */
  tool_choice?: (ToolChoice | null);
  /** Kept and shown. */
  parallel_tool_calls?: (boolean | null);
  /** Kept and shown. */
  max_output_tokens?: (MaxTokens | null);
  /** Checked, and answered with what is effective. */
  output_modalities?: (Array<Modality> | null);
  /** Sound, field by field. */
  audio?: (AudioPatch | null);
};

/** When tools are used. */
export type ToolChoice = (string | {
  /** `function`. */
  type: string;
  /** Its name. */
  name: string;
});

/** Bound on the length of an answer. */
export type MaxTokens = (number | string);

/** What errand answers with. */
export type Modality = ("text" | "audio");

/** Change of sound. */
export type AudioPatch = {
  /** In. */
  input?: (InputPatch | null);
  /** Out. */
  output?: (OutputPatch | null);
};

/** Change of sound that comes in. Noise reduction is accepted and stays `null`. */
export type InputPatch = {
  /** Format. */
  format?: (AudioFormat | null);
  /** Whether the client is told what was understood; `null`: it is not. */
  transcription?: (TranscriptionPatch | null);
  /** When a turn begins and ends; `null`: the client says so. */
  turn_detection?: (TurnPatch | null);
};

/** A format of sound. */
export type AudioFormat = {
  /** `audio/pcm`, `audio/pcmu` or `audio/pcma`. */
  type: string;
  /** Samples per second; 24,000 for PCM. */
  rate?: (number | null);
};

/** Change of what the client is told of its sound. Names of models are accepted and not carried out. */
export type TranscriptionPatch = {
  /** Language, as in `en`. */
  language?: (string | null);
};

/** Change of when a turn begins and ends. */
export type TurnPatch = {
  /** `server_vad` or `semantic_vad`. */
  type?: (string | null);
  /** 0 to 1. */
  threshold?: (number | null);
  /** At most 2,000. */
  prefix_padding_ms?: (number | null);
  /** 100 to 10,000. */
  silence_duration_ms?: (number | null);
  /** For `semantic_vad`. */
  eagerness?: (Eagerness | null);
  /** Answer by itself. */
  create_response?: (boolean | null);
  /** Stop speaking when the person does. */
  interrupt_response?: (boolean | null);
  /** 5,000 to 30,000; `null`: never. */
  idle_timeout_ms?: (number | null);
};

/** How soon a turn is taken for over. */
export type Eagerness = ("low" | "medium" | "high" | "auto");

/** Change of sound that goes out. */
export type OutputPatch = {
  /** Format. */
  format?: (AudioFormat | null);
  /** A name, or an object with an `id`. */
  voice?: unknown;
  /** 0.25 to 1.5. */
  speed?: (number | null);
};

/** An item as a client creates it: nothing in it is trusted yet. */
export type ItemInput = {
  /** `message`, `function_call`, `function_call_output`, `item_reference`. */
  type: string;
  /** The client's own id for it. */
  id?: (string | null);
  /** For a message. */
  role?: (MessageRole | null);
  /** For a message. */
  content?: (Array<ContentInput> | null);
  /** For a call and its output. */
  call_id?: (string | null);
  /** For a call. */
  name?: (string | null);
  /** For a call. */
  arguments?: (string | null);
  /** For an output. */
  output?: (string | null);
};

/** Who said it. */
export type MessageRole = ("system" | "user" | "assistant");

/** One part of a message as a client creates it: it may carry sound, which is read and then dropped. */
export type ContentInput = {
  /** Kind. */
  type: ContentKind;
  /** The words, for text. */
  text?: (string | null);
  /** The words of sound, where the client knows them. */
  transcript?: (string | null);
  /** Sound of the person, in the input format of the session. */
  audio?: (string | null);
  /** Errand's own: how the voice compared with the one that the person let the device know, where the device heard it with its own ears. It takes authority away and gives none. */
  errand_voice?: (VoiceMatch | null);
};

/** Kinds of parts. */
export type ContentKind = ("input_text" | "input_audio" | "input_image" | "output_text" | "output_audio");

/** How a voice compared with the one that a person let errand know. It is no proof of anybody. */
export type VoiceMatch = {
  /** How alike, from 0 to 100. A voice that could not be compared where it has to be is 0. */
  alike: number;
  /** What is less alike than this is another voice. */
  least: number;
};

export type ResponseParams = {
  tools?: (Array<unknown> | null);
  tool_choice?: (ToolChoice | null);
  metadata?: (Record<string, string> | null);
  conversation?: (ConversationMode | null);
  input?: (Array<ItemInput> | null);
  max_output_tokens?: (MaxTokens | null);
  output_modalities?: (Array<Modality> | null);
  audio?: (ResponseParamsAudio | null);
};

/** Whether a response is part of the conversation. */
export type ConversationMode = ("auto" | "none");

export type ResponseParamsAudio = {
  output?: (ResponseParamsAudioOutput | null);
};

export type ResponseParamsAudioOutput = {
  format?: (AudioFormat | null);
  /** A name, or an object with an `id`. */
  voice?: unknown;
};

/** Answer of `GET /api/words`: names of goods as people say them, for a device that hears by itself. */
export type WordsView = {
  /** Lower case, one space between words, 300 at most: kinds of goods, makers, short titles. */
  names: Array<string>;
};

/** The effective configuration of a session, as shown in `session.created` and `session.updated`. What is shown is what is done: a field that this runtime does not carry out is `null`. */
export type Session = {
  /** `realtime`. */
  type: string;
  /** `realtime.session`. */
  object: string;
  /** Which. */
  id: string;
  /** Name of the profile of agents that answers. Cannot be changed. */
  model: string;
  /** What errand answers with: one of the two. Text where this runtime has no ears and no voice. */
  output_modalities: Array<Modality>;
  /** Instructions of the application: kept and shown; they cannot weaken any rule of the person. */
  instructions: string;
  /** Tools that the application runs. */
  tools: Array<FunctionTool>;
  /** When they are used. */
  tool_choice: ToolChoice;
  /** Kept and shown. */
  parallel_tool_calls: boolean;
  /** Kept and shown; sentences are never cut in the middle. */
  max_output_tokens: MaxTokens;
  /** Sound. */
  audio: SessionAudio;
  /** Not carried out. */
  include?: (Array<string> | null);
  /** Not carried out. */
  prompt?: unknown;
  /** Not carried out. */
  tracing?: unknown;
  /** Old items are left out when the conversation grows past its bound. */
  truncation: string;
};

/** A tool that the application runs. */
export type FunctionTool = {
  /** `function`. */
  type?: string;
  /** Its name. */
  name: string;
  /** What it is for. */
  description?: (string | null);
  /** JSON schema of its arguments. */
  parameters?: unknown;
};

/** Sound of a session. */
export type SessionAudio = {
  /** In. */
  input: AudioInput;
  /** Out. */
  output: AudioOutput;
};

/** Sound that comes in. */
export type AudioInput = {
  /** Format. */
  format: AudioFormat;
  /** Whether the client is told what was understood; `null`: it is not. */
  transcription?: (Transcription | null);
  /** Not carried out. */
  noise_reduction?: unknown;
  /** When a turn of the person begins and ends; `null`: the client commits and creates responses. Always `null` where this runtime has no ears. */
  turn_detection?: (TurnDetection | null);
};

/** That the client is told what was understood. */
export type Transcription = {
  /** What reads: always this runtime's own recogniser, whatever was asked for. */
  model: string;
  /** Language that was asked for, as in `en`. Kept and shown. */
  language?: (string | null);
};

/** When a turn of the person begins and ends. */
export type TurnDetection = ({
  type: "server_vad";
  /** How certain it must be that somebody speaks, 0 to 1. */
  threshold: number;
  /** What is kept of the sound before that, in milliseconds. */
  prefix_padding_ms: number;
  /** Silence that ends a turn, in milliseconds. */
  silence_duration_ms: number;
  /** Answer by itself when a turn ends. */
  create_response: boolean;
  /** Stop speaking when the person does. */
  interrupt_response: boolean;
  /** Ask again after so long a silence, in milliseconds. */
  idle_timeout_ms?: (number | null);
} | {
  type: "semantic_vad";
  /** How soon a turn is taken for over. */
  eagerness: Eagerness;
  /** Answer by itself when a turn ends. */
  create_response: boolean;
  /** Stop speaking when the person does. */
  interrupt_response: boolean;
});

/** Sound that goes out. */
export type AudioOutput = {
  /** Format. */
  format: AudioFormat;
  /** The voice that speaks: the one that was asked for where this runtime has it, else the preferred one. Fixed by the first sound. */
  voice: string;
  /** How fast it speaks, 0.25 to 1.5. */
  speed: number;
};

/** One item of a conversation. */
export type Item = ({
  type: "message";
} & MessageItem | {
  type: "function_call";
} & CallItem | {
  type: "function_call_output";
} & OutputItem);

/** Whether an item is whole. */
export type ItemStatus = ("in_progress" | "completed" | "incomplete");

/** One part of a message. */
export type Content = {
  /** Kind. */
  type: ContentKind;
  /** The words, for text. */
  text?: (string | null);
  /** The words of sound, where they are known. */
  transcript?: (string | null);
};

/** Something said. */
export type MessageItem = {
  /** Which. */
  id: string;
  /** `realtime.item`. */
  object: string;
  /** Whether it is whole. */
  status: ItemStatus;
  /** Who said it. */
  role: MessageRole;
  /** What. */
  content: Array<Content>;
};

/** A call of a tool of the client. */
export type CallItem = {
  /** Which. */
  id: string;
  /** `realtime.item`. */
  object: string;
  /** Whether it is whole. */
  status: ItemStatus;
  /** The tool. */
  name: string;
  /** Names this call. */
  call_id: string;
  /** JSON as text. */
  arguments: string;
};

/** The output of a call. */
export type OutputItem = {
  /** Which. */
  id: string;
  /** `realtime.item`. */
  object: string;
  /** Whether it is whole. */
  status: ItemStatus;
  /** The call. */
  call_id: string;
  /** What the tool answered. */
  output: string;
};

/** What reading took. */
export type TranscriptionUsage = {
  /** `duration`. */
  type: string;
  /** Length of the sound that was read, in seconds. */
  seconds: number;
};

/** What an `error` event says. */
export type ErrorDetail = {
  /** `invalid_request_error` or `server_error`. */
  type: string;
  /** Stable code, one of [`code`]. */
  code?: (string | null);
  /** What happened and what did not. */
  message: string;
  /** The field that it is about. */
  param?: (string | null);
  /** The client's own id of the event that failed. */
  event_id?: (string | null);
};

/** A response, as shown in `response.created` and `response.done`. */
export type Response = {
  /** `realtime.response`. */
  object: string;
  /** Which. */
  id: string;
  /** Where it stands. */
  status: ResponseStatus;
  /** Why it ended as it did. */
  status_details?: (StatusDetails | null);
  /** What it holds. */
  output: Array<Item>;
  /** The conversation that it is part of; `null` when it runs beside it. */
  conversation_id?: (string | null);
  /** What it is given in: one of the two. */
  output_modalities: Array<Modality>;
  /** Kept and shown. */
  max_output_tokens: MaxTokens;
  /** The client's own, given back unchanged. */
  metadata?: (Record<string, string> | null);
  /** What it sounds like, as the session or the client's request says. */
  audio: ResponseAudio;
  /** Always there; zero where no language model was asked. */
  usage: Usage;
};

/** Where a response stands. */
export type ResponseStatus = ("in_progress" | "completed" | "cancelled" | "failed" | "incomplete");

/** Why a response ended as it did. */
export type StatusDetails = {
  /** The same word as the status. */
  type: ResponseStatus;
  /** Why it was stopped or cut. */
  reason?: (StatusReason | null);
  /** Why it failed. */
  error?: (StatusError | null);
};

/** Why a response was stopped or cut. */
export type StatusReason = ("turn_detected" | "client_cancelled" | "max_output_tokens" | "content_filter");

/** Why a response failed. */
export type StatusError = {
  /** `server_error` or `invalid_request_error`. */
  type: string;
  /** Stable code. */
  code: string;
  /** What happened and what did not. */
  message: string;
};

/** Sound of a response. */
export type ResponseAudio = {
  /** Out. */
  output: ResponseAudioOutput;
};

/** Sound that goes out. */
export type ResponseAudioOutput = {
  /** Format. */
  format: AudioFormat;
  /** Voice. */
  voice: string;
};

/** What a response used of a language model. */
export type Usage = {
  /** Sum. */
  total_tokens: number;
  /** In. */
  input_tokens: number;
  /** Out. */
  output_tokens: number;
  /** In, by kind. */
  input_token_details: InputTokens;
  /** Out, by kind. */
  output_token_details: OutputTokens;
};

/** Tokens in, by kind. */
export type InputTokens = {
  /** Read from a cache. */
  cached_tokens: number;
  /** Of text. */
  text_tokens: number;
  /** Of sound. */
  audio_tokens: number;
};

/** Tokens out, by kind. */
export type OutputTokens = {
  /** Of text. */
  text_tokens: number;
  /** Of sound. */
  audio_tokens: number;
};

/** A part in `response.content_part.*`. */
export type Part = {
  /** Which of two. */
  type: Modality;
  /** The words so far, of text. */
  text?: (string | null);
  /** The words so far, of sound. */
  transcript?: (string | null);
};

/** Everything errand adds to the Realtime protocol. Sent only to connections that asked for it. */
export type ErrandEvent = ({
  type: "errand.session.resumed";
} & Resumed | {
  type: "errand.session.state";
} & SessionView | {
  type: "errand.plan.updated";
  /** The whole plan. */
  plan: PlanView;
} | {
  type: "errand.products";
} & ProductsView | {
  type: "errand.comparison";
} & ComparisonView | {
  type: "errand.configuration";
} & ConfigurationView | {
  type: "errand.assembly";
} & AssemblyView | {
  type: "errand.cart.updated";
  /** The whole cart. */
  cart: CartView;
} | {
  type: "errand.approval.required";
  /** What is asked. */
  approval: ApprovalView;
} | {
  type: "errand.approval.resolved";
} & ApprovalResolved | {
  type: "errand.receipt";
  /** The order. */
  order: OrderView;
} | {
  type: "errand.delivery.updated";
  /** The order, whole. */
  order: OrderView;
} | {
  type: "errand.orders";
  /** Latest first. */
  orders: Array<OrderView>;
} | {
  type: "errand.handoff";
} & HandoffView | {
  type: "errand.policy.explained";
} & PolicyView | {
  type: "errand.disclosure.updated";
  /** One entry for each shop that knows or will learn something. */
  entries: Array<DisclosureView>;
} | {
  type: "errand.notice";
} & NoticeView | {
  type: "errand.planner";
} & PlannerView | {
  type: "errand.question";
  /** The question. */
  text: string;
  /** Answers to tap, at most three. */
  chips: Array<string>;
});

/** A connection took up its session again. */
export type Resumed = {
  /** The session. */
  session_id: string;
  /** Last event that the client had. */
  from_event_id?: (string | null);
  /** Events that follow from the log. */
  replayed: number;
  /** The log no longer reaches back; `errand.session.state` follows. */
  gap: boolean;
};

/** One thing said. */
export type Utterance = {
  /** `user`, `assistant` or `desk`. */
  role: Role;
  /** The words. */
  text: string;
};

/** Who said it. */
export type Role = ("user" | "assistant" | "desk");

/** A plan as shown: the route. */
export type PlanView = {
  /** Which. */
  id: string;
  /** Grows with each change. */
  revision: number;
  /** What the whole is for. */
  goal: string;
  /** The steps in order. */
  steps: Array<StepView>;
};

/** One step of the route. */
export type StepView = {
  /** Which. */
  id: string;
  /** What it is: `Searching three shops`. */
  title: string;
  /** Who does it. */
  agent: string;
  /** Where it stands. */
  status: StepStatus;
  /** What it found: `17 coffees`. */
  found?: (string | null);
  /** Parts that run side by side: one for each shop asked. */
  parts: Array<PartView>;
};

/** Where a step stands. */
export type StepStatus = ("waiting" | "running" | "needs_you" | "done" | "failed" | "skipped" | "cancelled");

/** One part of a step: a shop that is asked. */
export type PartView = {
  /** Its name: the shop. */
  name: string;
  /** Where it stands. */
  status: StepStatus;
  /** What it found, or why not: `11 coffees`, `no answer, 3.0 s`. */
  found?: (string | null);
};

/** Products found. */
export type ProductsView = {
  /** Names this result. */
  query_id: string;
  /** What was looked for. */
  what: string;
  /** How they are ordered, in words: `by how well they fit; not paid for`. */
  ordered_by: string;
  /** The products in order. */
  items: Array<ProductCard>;
  /** How many more fit and are not shown. */
  more: number;
  /** What was left out and why. */
  excluded?: (ExcludedView | null);
};

/** One product. */
export type ProductCard = {
  /** Its number in the list, from 1: "the second one". */
  n: number;
  /** Which. */
  offer: OfferRef;
  /** The shop's name for it. */
  title: string;
  /** Name of the variant, when there are several. */
  variant?: (string | null);
  /** Brand. */
  brand?: (string | null);
  /** The shop. */
  merchant: string;
  /** The shop's own name. */
  merchant_name: string;
  /** Price of one piece. */
  price: Money;
  /** Pieces asked for. */
  quantity: number;
  /** Price of all pieces asked for. */
  price_all: Money;
  /** Price per unit in words: `$3.29 per 100 g`. */
  unit_price?: (string | null);
  /** Stars. */
  rating?: (Rating | null);
  /** Whether it can be had. */
  availability: Availability;
  /** First delivery that fits, as the shop offers it now. */
  first_delivery?: (Window | null);
  /** That delivery in words: `Sat 28 Nov, 8 to 10`. */
  delivery_text?: (string | null);
  /** What is confirmed and by whom: `fair trade: in the register`. */
  evidence: Array<string>;
  /** Why it is here, best reason first. */
  reasons: Array<string>;
  /** The same thing in other shops: `also at Volt & Wire for $3.00 more`. */
  also?: Array<string>;
  /** What distinguishes it in a few words: `Ethiopia · 340 g`. */
  detail?: (string | null);
  /** Drawing to show. */
  drawing: DrawingView;
  /** It has options to choose. */
  configurable: boolean;
};

/** Names one thing that can be bought: a variant of a product at a shop. */
export type OfferRef = {
  /** The shop. */
  merchant: string;
  /** The shop's id of the product. */
  product: string;
  /** The shop's id of the variant; this is what goes into a cart. */
  variant: string;
};

/** An amount: whole minor units (cents) and their currency. |minor| is at most 2^53 - 1. There is no `+`: adding can overflow or mix currencies, and both are answers that a caller must see. */
export type Money = {
  minor: number;
  currency: string;
};

/** Stars given by buyers. */
export type Rating = {
  /** Hundredths of a star, 0 to 500. */
  hundredths: number;
  /** How many people rated. */
  count: number;
};

/** Whether a variant can be had. */
export type Availability = ("in" | "low" | "out" | "backorder" | "preorder" | "unknown");

/** A stretch of time with `start < end`. */
export type Window = {
  /** First moment. */
  start: string;
  /** Moment after the last. */
  end: string;
};

/** Our own drawing of a kind of thing. */
export type DrawingView = {
  /** Kind: `coffee`, `desk`; unknown kinds are drawn as a parcel. */
  kind: string;
  /** Colour word: `terracotta`. */
  colour: string;
  /** Shape number, 0 to 2. */
  shape: number;
};

/** What was left out. */
export type ExcludedView = {
  /** How many. */
  total: number;
  /** In words: `I left out 14: 6 certificates not confirmed, 5 over $15.00, 3 cannot come on Saturday`. */
  text: string;
  /** By cause. */
  parts: Array<ExcludedPart>;
  /** Each one with its reason, at most 60. */
  items: Array<ExcludedItem>;
};

/** One cause. */
export type ExcludedPart = {
  /** Stable word: `price`, `label`, `delivery`. */
  cause: string;
  /** How many. */
  count: number;
};

/** One product left out. */
export type ExcludedItem = {
  /** The shop's name for it. */
  title: string;
  /** The shop's own name. */
  merchant_name: string;
  /** Why. */
  text: string;
};

/** Products side by side. */
export type ComparisonView = {
  /** Names this comparison. */
  id: string;
  /** Columns, those that the person named first. */
  criteria: Array<CriterionView>;
  /** Rows. */
  rows: Array<ComparisonRow>;
  /** Which one is recommended. */
  recommended?: (OfferRef | null);
  /** The recommendation with its reason, at most two sentences. */
  text: string;
  /** The same for the ear. */
  spoken: string;
  /** What was left out. */
  excluded?: (ExcludedView | null);
};

/** A column. */
export type CriterionView = {
  /** Stable word: `price`. */
  key: string;
  /** Heading: `Per bag`. */
  label: string;
};

/** A row. */
export type ComparisonRow = {
  /** The product. */
  card: ProductCard;
  /** One value for each column. */
  values: Array<ValueView>;
};

/** A value. */
export type ValueView = {
  /** In words. */
  text: string;
  /** What it is best in: `Lowest`, `Highest`. */
  best?: (string | null);
};

/** The cart, by shop. */
export type CartView = {
  /** Which. */
  id: string;
  /** Grows with each change. */
  revision: number;
  /** One group for each shop: each is its own payment. */
  groups: Array<CartGroup>;
  /** Sum of all groups before delivery and tax; absent when empty. */
  subtotal?: (Money | null);
  /** When it should arrive, in words. */
  wish?: (string | null);
};

/** Lines of one shop. */
export type CartGroup = {
  /** The shop. */
  merchant: string;
  /** The shop's own name. */
  merchant_name: string;
  /** Its lines. */
  lines: Array<LineView>;
  /** Their sum before delivery and tax. */
  subtotal: Money;
};

/** One line. */
export type LineView = {
  /** Which, where it is still known. */
  offer?: (OfferRef | null);
  /** The shop's name for it. */
  title: string;
  /** Pieces. */
  quantity: number;
  /** Price of one piece. */
  unit_price?: (Money | null);
  /** Price of the line. */
  total?: (Money | null);
};

/** What the person is asked. */
export type ApprovalView = {
  /** Which. */
  id: string;
  /** Consent to share data, or a purchase. */
  kind: ApprovalKind;
  /** The question in one sentence. */
  summary: string;
  /** Amount, for a purchase. */
  amount?: (Money | null);
  /** Who gets the money or the data. */
  payee: PayeeView;
  /** What, for a purchase. */
  lines: Array<LineView>;
  /** The shop's sums in its order and words: delivery, tax, discounts. */
  totals: Array<TotalView>;
  /** When it comes. */
  delivery?: (Window | null);
  /** The same in words: `Saturday 28 November, 8 to 10`, or how sure it is. */
  delivery_text?: (string | null);
  /** Where it goes: the person's word and the street only. */
  destination?: (string | null);
  /** How it is paid: `visa ending in 4242`. */
  instrument?: (string | null);
  /** What the shop learns. */
  discloses: Array<DataClass>;
  /** The same in words: `Your name and address, for this delivery. Not your e-mail or phone.` */
  discloses_text: string;
  /** For what. */
  purpose?: (Purpose | null);
  /** Warnings of the shop that must be read, in its own words. */
  disclosures: Array<string>;
  /** Revision of the cart that it is bound to. */
  cart_revision: number;
  /** Level of proof that is asked: 10 for a consent, 30 for two words that are spoken, 35 for two on a screen. */
  level: number;
  /** Where it is answered. An older runtime knows screens alone. */
  where?: ApprovalPlace;
  /** Why it was asked aloud and is answered on a screen all the same, in words: `$25.90 is over the $20.00 that you let me take by voice`. */
  why_page?: (string | null);
  /** The two words to type, or to say where `where` is `voice`. Present only on the live connection of an enrolled screen, or where they may be spoken; never in a log, a record or a replay. In a conversation that is held aloud the words of a question for the screen are read over HTTP alone: `GET /api/approvals/{id}`. */
  words?: (string | null);
  /** Tries left. */
  tries_left: number;
  /** Limits and what this would use of them. */
  limits: Array<LimitView>;
  /** When the question was put. */
  asked_at: string;
  /** When it runs out. */
  expires_at: string;
};

/** What is asked. */
export type ApprovalKind = ("consent" | "purchase");

/** Who gets the money or the data. */
export type PayeeView = {
  /** Our name. */
  merchant: string;
  /** The shop's own name. */
  name: string;
  /** The legal name. */
  legal_name: string;
  /** How often was bought here. */
  bought_before: number;
};

/** One of the shop's sums. */
export type TotalView = {
  /** Kind. */
  kind: TotalKind;
  /** The shop's label. */
  label: string;
  /** Signed amount. */
  amount: Money;
};

/** Kinds of sums. */
export type TotalKind = ("subtotal" | "discount" | "fulfillment" | "tax" | "fee" | "other");

/** Kinds of personal data. There is none for a birth date or a card number, so nothing can share them. */
export type DataClass = ("identity.name" | "contact.email" | "contact.phone" | "address.postcode" | "address.full" | "payment.token" | "order.items" | "identity.age_over_n");

/** What data are used for. Closed; a permit matches one exact purpose. */
export type Purpose = ("search" | "price_quote" | "order" | "payment" | "delivery" | "age_check" | "fraud" | "support" | "legal" | "personalisation" | "marketing" | "ads_or_sale");

/** Where a question is answered. */
export type ApprovalPlace = ("page" | "voice");

/** A limit. */
export type LimitView = {
  /** `This purchase`, `Today`, `November`. */
  name: string;
  /** Used, this purchase included. */
  used: Money;
  /** The limit. */
  max: Money;
};

/** What one shop knows. */
export type DisclosureView = {
  /** The shop. */
  merchant: string;
  /** Its own name. */
  merchant_name: string;
  /** What it knows, in the person's words: `your name`, `“coffee beans”`. */
  knows: Array<string>;
  /** For what, in words. */
  purpose: string;
  /** It will learn this if the person agrees; it does not know it yet. */
  pending: boolean;
  /** The consent was withdrawn; what it learned before it may still hold. */
  withdrawn: boolean;
};

/** How it stands with a person at the desk. */
export type DeskHandoff = {
  /** Where it stands. */
  state: DeskState;
  /** Who answers. */
  person?: (string | null);
  /** Place in the queue, from 1. */
  place?: (number | null);
  /** What they see, in words. */
  sees: Array<string>;
  /** The same in whole sentences. */
  text: string;
  /** What can be said now: `leave the queue`. */
  chips: Array<string>;
};

/** Where a hand-over to a person stands. */
export type DeskState = ("waiting" | "closed" | "taken" | "left" | "sent_away" | "back");

/** Whole state of a session. */
export type SessionView = {
  /** The session. */
  session_id: string;
  /** What was said, oldest first. */
  transcript: Array<Utterance>;
  /** The plan, if there is one. */
  plan?: (PlanView | null);
  /** Products last shown. */
  products?: (ProductsView | null);
  /** Comparison last shown. */
  comparison?: (ComparisonView | null);
  /** The cart. */
  cart: CartView;
  /** What waits for an answer, without its words: an approval that was open when the connection broke is void. */
  approval?: (ApprovalView | null);
  /** Who knows what. */
  disclosure: Array<DisclosureView>;
  /** A person at the desk who is waited for or who answers. */
  desk?: (DeskHandoff | null);
};

/** One option. */
export type OptionView = {
  /** Its name. */
  name: string;
  /** Its values. */
  values: Array<OptionValueView>;
};

/** One value of an option. */
export type OptionValueView = {
  /** Its label. */
  label: string;
  /** It is chosen. */
  chosen: boolean;
  /** Why it cannot be chosen now, and the way out. */
  impossible?: (string | null);
  /** What choosing it would change. */
  delta: Money;
};

/** One chosen value of one option. */
export type Choice = {
  /** The option. */
  option: string;
  /** The value. */
  value: string;
};

/** Options of a product. */
export type ConfigurationView = {
  /** The product, with the price of the present choices. */
  card: ProductCard;
  /** All options. */
  options: Array<OptionView>;
  /** The present choices, complete. */
  choices: Array<Choice>;
  /** What stands in the way of what was asked, when it does. */
  conflict?: (string | null);
};

/** One part of a whole. */
export type AssemblyPartView = {
  /** What it is in the whole: `processor`. */
  slot: string;
  /** Which. */
  offer: OfferRef;
  /** The shop's name for it. */
  title: string;
  /** The shop's own name. */
  merchant_name: string;
  /** Its price. */
  price: Money;
  /** Why it is another than before, when it is. */
  changed?: (string | null);
};

/** A whole put together from parts of shops, or why there is none. */
export type AssemblyView = {
  /** What it is: `computer`. */
  what: string;
  /** Its parts in their order; empty when there is none. */
  parts: Array<AssemblyPartView>;
  /** What the parts cost together, before delivery and tax. */
  price?: (Money | null);
  /** The person's limit. */
  price_max?: (Money | null);
  /** What was wished, in words. */
  wishes: Array<string>;
  /** Nothing better exists among what the shops answered. */
  exact: boolean;
  /** Wishes that cannot hold together, when there is none. */
  conflict: Array<string>;
  /** What to give up, and what it costs then. */
  give_up: Array<string>;
};

/** How a question ended. */
export type ApprovalOutcome = ("granted" | "refused" | "expired" | "void" | "wrong" | "locked");

/** An answered question. */
export type ApprovalResolved = {
  /** Which. */
  id: string;
  /** How it ended. */
  outcome: ApprovalOutcome;
  /** In words: `Approved by two words`, `Expired, nothing was bought`. */
  text: string;
  /** Tries left, when it stays open. */
  tries_left?: (number | null);
};

/** An order. */
export type OrderView = {
  /** Our name. */
  id: string;
  /** The shop's number. */
  number: string;
  /** The shop. */
  merchant: string;
  /** The shop's own name. */
  merchant_name: string;
  /** What was bought. */
  lines: Array<LineView>;
  /** The sums. */
  totals: Array<TotalView>;
  /** What was paid. */
  total: Money;
  /** Where it stands. */
  state: OrderState;
  /** The same in words: `packed, leaves tomorrow`. */
  state_text: string;
  /** When it comes. */
  delivery?: (Window | null);
  /** The same in words, truthful about how sure it is: `booked`, `estimated`. */
  delivery_text?: (string | null);
  /** Until when it can be cancelled for free. */
  cancel_until?: (string | null);
  /** Until when it can be sent back. */
  return_until?: (string | null);
  /** What happened, oldest first, in words with times. */
  events: Array<OrderEventView>;
  /** Money given back. */
  refunded?: (Money | null);
  /** How it was approved: `by two words`. */
  approved_by?: (string | null);
  /** When it was placed. */
  placed_at: string;
  /** Drawing of the first line. */
  drawing: DrawingView;
};

/** Where an order stands. */
export type OrderState = ("placed" | "packed" | "shipped" | "delivered" | "cancelled" | "returning" | "returned" | "failed");

/** One event of an order. */
export type OrderEventView = {
  /** When. */
  at: string;
  /** In words. */
  text: string;
};

/** Control moves. */
export type HandoffView = {
  /** From whom. */
  from: string;
  /** To whom; `human` for a person, `shop` for a page of the shop. */
  to: string;
  /** `agent`, `human` or `shop`. */
  kind: string;
  /** Why. */
  reason: string;
  /** Where to go on, for a page of the shop. */
  url?: (string | null);
  /** Host of that address, shown before it is opened. */
  host?: (string | null);
  /** How it stands with the desk, for a person. */
  desk?: (DeskHandoff | null);
};

/** A rule changed or stopped something. */
export type PolicyView = {
  /** The decision record. */
  decision_id?: (string | null);
  /** `allow`, `ask` or `deny`. */
  decision: string;
  /** Stable code of the hardest reason. */
  code: string;
  /** What, with the fact of money: `Over your limit, not bought`. */
  headline: string;
  /** What happened, with numbers. */
  text: string;
  /** What did not happen. */
  not: string;
  /** What can be done, safest first. */
  remedies: Array<string>;
  /** Names of the rules. */
  rules: Array<string>;
  /** What it is about. */
  about: string;
};

/** Something the person should know. */
export type NoticeView = {
  /** `info`, `ask` (needs you or unknown), `no` (failed), `ok`. */
  tone: string;
  /** Stable code. */
  code: string;
  /** What, in a few words. */
  headline: string;
  /** What happened and what did not. */
  text: string;
  /** What can be done. */
  actions: Array<string>;
};

/** Why a language model did not plan a turn. */
export type PlannerFallback = {
  /** `too_slow`, `unreachable`, `busy`, `unreadable`, `refused`, `unfounded`, `idle`, `over_budget`, `resting` or `private`. */
  reason: string;
  /** The same in a sentence. Nothing that the model or its server wrote is in it. */
  text: string;
};

/** Who planned a turn, and what that took. */
export type PlannerView = {
  /** Name of the planner whose proposal was taken: that of the language model, or `offline`. */
  planner: string;
  /** Why it was not the language model; absent when it was. */
  fallback?: (PlannerFallback | null);
  /** Requests that were sent to the language model. */
  requests: number;
  /** Tokens of its prompts. */
  tokens_in: number;
  /** Tokens of its answers. */
  tokens_out: number;
  /** What that cost, in millionths of a unit of the currency that its prices are configured in; 0 where none are. */
  cost_micros: number;
  /** Milliseconds that the language model was waited for. */
  waited_ms: number;
};

/** Body of every error answer. */
export type ErrorBody = {
  /** The error. */
  error: ApiError;
};

/** An error with a stable code. */
export type ApiError = {
  /** Stable code: `HTTP-0004`. */
  code: string;
  /** What happened and what did not. */
  message: string;
  /** What can be done. */
  hint?: (string | null);
};

/** A connected shop: answer of `GET /api/merchants` (as a list) and of `POST /api/merchants`. */
export type MerchantView = {
  /** Our name. */
  id: string;
  /** Its own name. */
  name: string;
  /** Legal name. */
  legal_name: string;
  /** Where it is. */
  origin: string;
  /** Protocol and version: `UCP 2026-04-08`. */
  protocol: string;
  /** What it can do, in words: `search`, `checkout`, `delivery windows`. */
  can: Array<string>;
  /** What it cannot: `returns by protocol`. */
  cannot: Array<string>;
  /** What it wants to know to deliver. */
  wants: Array<DataClass>;
  /** It answers. `None`: not asked lately. */
  alive?: (boolean | null);
  /** Milliseconds of its last answer. */
  latency_ms?: (number | null);
};

/** Body of `POST /api/merchants`. */
export type AddMerchant = {
  /** Address of the shop. */
  url: string;
};

/** Answer of `GET /api/doctor`. */
export type DoctorView = {
  /** No check failed. */
  ok: boolean;
  /** The checks. */
  checks: Array<Check>;
};

/** One check. */
export type Check = {
  /** Stable word: `shops`. */
  id: string;
  /** How it is. */
  state: CheckState;
  /** In words. */
  detail: string;
  /** What to type. */
  fix?: (string | null);
};

/** How a check is. */
export type CheckState = ("ok" | "off" | "fail");

/** Answer of `GET /api/profile`: limits, rules and preferences; addresses by their label only. */
export type ProfileView = {
  /** Name for greetings, if known. */
  name?: (string | null);
  /** Time zone. */
  zone: string;
  /** Limits. */
  limits: Limits;
  /** What may be bought by voice alone. */
  voice: VoiceLimits;
  /** Rules. */
  rules: Array<LabelRule>;
  /** Preferences. */
  preferences: Array<Preference>;
  /** Labels of saved addresses, with the street: `Home, Elm Street`. */
  addresses: Array<string>;
  /** Ways to pay: `visa ending in 4242`. */
  wallet: Array<string>;
};

/** Spending limits, all in one currency. */
export type Limits = {
  /** One purchase. */
  purchase: Money;
  /** One local day. */
  day: Money;
  /** One local calendar month. */
  month: Money;
};

/** What may be bought by voice alone, at shops that were bought from before and to saved addresses. */
export type VoiceLimits = {
  /** One purchase; zero: nothing. */
  purchase: Money;
  /** Any 24 hours. */
  day: Money;
};

/** Avoid or require a label, everywhere or in one category. */
export type LabelRule = {
  /** Name of the rule, unique in the profile: `avoid-leather`. */
  id: string;
  /** Avoid or require. */
  kind: RuleKind;
  /** The label: `contains:leather`, `cert:fairtrade-intl`. */
  label: string;
  /** Only for products whose category contains this word. */
  category?: (string | null);
  /** Whether "nobody says" counts as "no" for avoid. Required labels are always strict. */
  strict?: boolean;
  /** The person's own words, and when: shown with every refusal. */
  said: string;
};

/** Avoid or require. */
export type RuleKind = ("avoid" | "require");

/** Liked or blocked. */
export type Preference = ({
  prefer_merchant: string;
} | {
  block_merchant: string;
} | {
  prefer_brand: string;
} | {
  block_brand: string;
} | {
  prefer_label: string;
});

/** Answer of `GET /api/consents`. */
export type ConsentsView = {
  /** Who knows what. */
  entries: Array<DisclosureView>;
};

/** One decision in `GET /api/why`. */
export type WhyView = {
  /** The record. */
  decision: string;
  /** When. */
  at: string;
  /** `allow`, `ask` or `deny`. */
  verdict: string;
  /** What it was about: `Allowed: name and address to Pantry Lane`. */
  headline: string;
  /** Each reason in words. */
  reasons: Array<string>;
  /** What can be done. */
  remedies: Array<string>;
  /** Codes of the reasons. */
  codes: Array<string>;
};

/** Body of `POST /api/approvals/{id}`. */
export type AnswerApproval = {
  /** The two words, `yes` (for a consent) or `no`. */
  answer: string;
};

/** Answer of `POST /api/approvals/{id}`. */
export type ApprovalAnswered = {
  /** Which. */
  id: string;
  /** How it stands now. */
  outcome: ApprovalOutcome;
  /** In words. */
  text: string;
  /** The order, when the purchase was carried out before this answer. */
  order?: (OrderView | null);
};

/** Body of `POST /api/orders/{id}/return`. */
export type ReturnOrderBody = {
  /** Why. */
  reason?: string;
};

/** Body of `POST /api/orders/{id}/move`. */
export type MoveOrderBody = {
  /** When, in the person's words: `Saturday evening`. */
  when: string;
};

/** Answer of `POST /api/orders/{id}/…`. */
export type OrderChanged = {
  /** Which. */
  id: string;
  /** It was done. */
  done: boolean;
  /** In words. */
  text: string;
  /** The order now. */
  order?: (OrderView | null);
};

/** Answer of `POST /api/devices/pair`. */
export type Paired = {
  /** Name of the new device. */
  device: string;
  /** Its token; shown once, stored only as a digest. */
  token: string;
};

/** One session in `GET /api/sessions`. */
export type SessionBrief = {
  /** Which. */
  id: string;
  /** Its last sentence by the person. */
  last?: (string | null);
  /** When something last happened. */
  at: string;
};

/** Answer of `GET /desk/api/queue`. */
export type DeskQueue = {
  /** Whoever asks. */
  me: DeskPerson;
  /** They are at the desk, and the person is told so. */
  here: boolean;
  /** Errands that wait: outcome unknown first, then the oldest. */
  waiting: Array<DeskTicket>;
  /** Errands that whoever asks holds. */
  mine: Array<DeskTicket>;
  /** Errands handed back today, by everybody. */
  done_today: number;
};

/** Somebody at the desk. */
export type DeskPerson = {
  /** Which. */
  id: string;
  /** The name that the person is shown. */
  name: string;
};

/** One errand in the queue. */
export type DeskTicket = {
  /** Which. */
  session: string;
  /** First name, or a letter. */
  who: Seen;
  /** Why it is here. */
  reason: DeskReason;
  /** The same in words. */
  reason_text: string;
  /** When it came. */
  since: string;
  /** Seconds that it waits, or is held. */
  waited_s: number;
  /** Language of the person. */
  language: Language;
};

/** A text that the desk may see. It is not read from outside; it is made by [`Seen::through`], and a name by [`Seen::first_name`]. */
export type Seen = string;

/** Why an errand is in the queue. There is no score in it and nothing about the person. */
export type DeskReason = ("outcome_unknown" | "asked" | "refused" | "shop_failed" | "words_failed" | "not_understood" | "slow");

/** A language that errand is spoken to in: a setting of the person, English until they say otherwise. */
export type Language = ("en" | "de");

/** Answer of `GET /desk/api/errands/{session}`: one errand as the desk sees it. */
export type DeskErrand = {
  /** Which. */
  session: string;
  /** First name, or a letter. */
  who: Seen;
  /** Language of the person. */
  language: Language;
  /** Why it is here. */
  reason: DeskReason;
  /** The same in words. */
  reason_text: string;
  /** When the person came into the queue. */
  since: string;
  /** Who holds it. */
  holder?: (string | null);
  /** Whoever asks holds it. */
  mine: boolean;
  /** What was said, oldest first. Words of shops may be in what errand said. */
  talk: Array<DeskUtterance>;
  /** What is wanted, from what was searched for. */
  wants: Array<Seen>;
  /** What was tried, and why it did not do: a template over facts. */
  tried: Array<DeskTried>;
  /** Goal and steps of the plan. */
  plan: Array<DeskStep>;
  /** Products last shown. Titles are the shops' words. */
  products: Array<DeskProduct>;
  /** The cart. Titles are the shops' words. */
  cart: Array<DeskLine>;
  /** What the person is asked at the moment. */
  open?: (DeskOpen | null);
  /** Orders of this errand. */
  orders: Array<DeskOrder>;
  /** What the person agreed to show, for this errand. */
  allowed: Array<DeskFact>;
  /** Town of the delivery, if allowed. */
  town?: (Seen | null);
  /** When it is to come, if allowed. */
  window?: (Seen | null);
  /** Notes of the desk; the person does not see them. */
  notes: Array<DeskNote>;
  /** What could be said, each with the fact behind it. Nothing is sent by itself. */
  suggestions: Array<DeskSuggestion>;
};

/** One thing said. */
export type DeskUtterance = {
  /** Who. */
  by: Role;
  /** The words. */
  text: Seen;
};

/** Something tried, and why it did not do. */
export type DeskTried = {
  /** What. */
  what: Seen;
  /** Why not. */
  why: Seen;
  /** Stable code, for a refusal or a failure. */
  code?: (string | null);
  /** Names of the rules that refused it. */
  rules: Array<string>;
  /** How often. */
  times: number;
};

/** One step of the plan. */
export type DeskStep = {
  /** What it is. */
  title: Seen;
  /** Where it stands. */
  status: StepStatus;
  /** What it found. */
  found?: (Seen | null);
};

/** One product that was shown. */
export type DeskProduct = {
  /** Its number in the list. */
  n: number;
  /** Which. */
  offer: OfferRef;
  /** The shop's name for it. */
  title: Seen;
  /** The shop. */
  merchant: string;
  /** The shop's own name. */
  merchant_name: Seen;
  /** Price of one piece. */
  price: Money;
  /** Whether it can be had. */
  availability: Availability;
};

/** One line of the cart. */
export type DeskLine = {
  /** Which. */
  offer: OfferRef;
  /** The shop's name for it. */
  title: Seen;
  /** The shop's own name. */
  merchant_name: Seen;
  /** Pieces. */
  quantity: number;
  /** Price of one piece, where it is known. */
  price?: (Money | null);
};

/** What the person is asked; never the words of it. */
export type DeskOpen = ("choice" | "consent" | "approval" | "yes_no" | "question");

/** An order of this errand. */
export type DeskOrder = {
  /** Our name for it. */
  id: string;
  /** What was bought. */
  what: Seen;
  /** Where it stands. */
  state: OrderState;
  /** The shop's number, if allowed. */
  number?: (Seen | null);
};

/** What the desk sees only after the person agreed, for this errand. */
export type DeskFact = ("town" | "window" | "order_number");

/** A note of the desk. */
export type DeskNote = {
  /** Who wrote it. */
  by: string;
  /** When. */
  at: string;
  /** What. */
  text: Seen;
};

/** Something that could be said. */
export type DeskSuggestion = {
  /** The words, to be edited. */
  text: Seen;
  /** The fact behind it. */
  evidence: Seen;
};

/** Answer of everything that the desk does to an errand. */
export type DeskDone = {
  /** What the person was told of it. */
  said: Array<Seen>;
  /** What was refused, with the same reasons that errand itself would get. */
  refused: Array<DeskRefusal>;
  /** The errand now; absent once it was handed back. */
  errand?: (DeskErrand | null);
};

/** A refusal. */
export type DeskRefusal = {
  /** Stable code. */
  code: string;
  /** What. */
  headline: Seen;
  /** What happened, and what did not. */
  text: Seen;
  /** Names of the rules. */
  rules: Array<string>;
};

/** Body of `…/act`: a call like any planner's. */
export type DeskCall = ToolCall;

/** What a planner may ask for. Closed: a name that is not here is no call, and an argument that is not here is refused. A call is a proposal. It holds no authority: ids are looked up, claims are ignored, and the gate decides. */
export type ToolCall = ({
  tool: "search";
  arguments: Need;
} | {
  tool: "compare";
  arguments: CompareArgs;
} | {
  tool: "details";
  arguments: DetailsArgs;
} | {
  tool: "configure";
  arguments: ConfigureArgs;
} | {
  tool: "assemble";
  arguments: AssembleArgs;
} | {
  tool: "assembly_take";
  arguments: NoArgs;
} | {
  tool: "cart_add";
  arguments: CartArgs;
} | {
  tool: "cart_set";
  arguments: CartArgs;
} | {
  tool: "cart_clear";
  arguments: NoArgs;
} | {
  tool: "cart_show";
  arguments: NoArgs;
} | {
  tool: "cart_undo";
  arguments: NoArgs;
} | {
  tool: "combine";
  arguments: CombineArgs;
} | {
  tool: "buy";
  arguments: BuyArgs;
} | {
  tool: "schedule";
  arguments: ScheduleArgs;
} | {
  tool: "order_list";
  arguments: NoArgs;
} | {
  tool: "order_status";
  arguments: OrderArgs;
} | {
  tool: "order_cancel";
  arguments: OrderArgs;
} | {
  tool: "order_return";
  arguments: ReturnArgs;
} | {
  tool: "order_move";
  arguments: MoveArgs;
} | {
  tool: "remind";
  arguments: RemindArgs;
} | {
  tool: "rule_add";
  arguments: RuleArgs;
} | {
  tool: "rule_remove";
  arguments: RuleRemoveArgs;
} | {
  tool: "limit_set";
  arguments: LimitArgs;
} | {
  tool: "prefer";
  arguments: PreferArgs;
} | {
  tool: "profile_show";
  arguments: NoArgs;
} | {
  tool: "consent_show";
  arguments: NoArgs;
} | {
  tool: "consent_withdraw";
  arguments: ConsentArgs;
} | {
  tool: "why";
  arguments: WhyArgs;
} | {
  tool: "desk_show";
  arguments: NoArgs;
} | {
  tool: "handoff";
  arguments: HandoffArgs;
} | {
  tool: "stop";
  arguments: NoArgs;
} | {
  tool: "help";
  arguments: HelpArgs;
});

/** What somebody wants to have, as far as it was said. Absent means "not said", never "any by default". */
export type Need = {
  /** The thing, as words to search with: `coffee beans`. */
  what?: string;
  /** Words that the thing must carry in title, options or attributes: `decaf`, `whole bean`, `white`. */
  must?: Array<string>;
  /** Words that it must not carry. */
  must_not?: Array<string>;
  /** Pieces wanted, 1 to 999. `None`: not said, which means one. */
  quantity?: (number | null);
  /** Highest price of one piece. */
  price_max?: (Money | null);
  /** Lowest price of one piece. */
  price_min?: (Money | null);
  /** Highest sum for everything, delivery included. */
  total_max?: (Money | null);
  /** Labels that must be confirmed, by id: `cert:fairtrade-intl`. */
  labels?: Array<string>;
  /** Labels that must be absent, by id: `contains:leather`. */
  avoid?: Array<string>;
  /** Brands, one of which it must be. */
  brands?: Array<string>;
  /** Brands that it must not be. */
  brands_not?: Array<string>;
  /** Shops to ask; empty means all. */
  merchants?: Array<string>;
  /** Lowest rating in hundredths of a star, 0 to 500. */
  rating_min?: (number | null);
  /** When it should arrive. */
  delivery?: (Wish | null);
  /** How many to put side by side, when a comparison was asked for. */
  compare?: (number | null);
  /** How to order the result, when that was said. */
  sort?: (Sort | null);
  /** Something that it should be like, or go with. */
  style?: (StyleWish | null);
};

/** When something should arrive. */
export type Wish = {
  /** Not before. */
  earliest?: (string | null);
  /** Not after. */
  latest: string;
  /** The person's words for it: `Saturday morning`. */
  said: string;
};

/** An order that the person asked for. */
export type Sort = ("cheapest" | "rating" | "soonest");

/** A thing that a search is held against. */
export type StyleWish = {
  /** Like it, or beside it. */
  how: StyleHow;
  /** Which product of this session; `None` when it was only described. */
  offer?: (OfferRef | null);
  /** The person's words for it: `the blue jacket`. */
  said: string;
};

/** How a search is held against a thing. */
export type StyleHow = ("like" | "with");

/** Arguments of `compare`. */
export type CompareArgs = {
  /** Which; empty means the best of the last search. */
  offers?: Array<OfferRef>;
  /** How many, 2 to 6, when `offers` is empty. `None`: three. */
  count?: (number | null);
  /** What the person named as criteria: `price`, `rating`. */
  by?: Array<string>;
};

/** Arguments of `details`. */
export type DetailsArgs = {
  /** Which product. Absent: the first that was found last; with nothing found since, the whole that stands. */
  offer?: (OfferRef | null);
  /** What was asked about: `ingredients`, `nuts`, `colour`; `None`: in general. */
  about?: (string | null);
};

/** Arguments of `configure`. */
export type ConfigureArgs = {
  /** Which product. */
  offer: OfferRef;
  /** Options chosen or changed; the rest stays, or is filled with the cheapest that fits. */
  choices?: Array<Choice>;
};

/** Arguments of `assemble`. */
export type AssembleArgs = {
  /** What kind of whole: `pc`, `bicycle`. */
  domain: string;
  /** What the parts must be, at most 20. */
  wants?: Array<PartWant>;
  /** Attributes about which nothing is wanted any more, at most 20: `case.volume`. */
  drop?: Array<string>;
  /** Highest price of the whole. */
  price_max?: (Money | null);
  /** What is best within that price, by its name: `video`. `None`: the lowest price. */
  goal?: (string | null);
  /** Only change what stands: earlier wishes hold, and as many parts as can be stay. */
  keep?: boolean;
};

/** A wish for a part of a whole. */
export type PartWant = {
  /** The part and what it states: `cpu.cores`; a part alone: `gpu`; empty for all parts. */
  of?: string;
  /** How it is compared. */
  is: PartOp;
  /** With what: `12`, `32 GB`, `white`, a maker; `yes` or `no`. Empty for more and less. */
  value?: string;
};

/** How a wish for a part compares. */
export type PartOp = ("at_least" | "at_most" | "is" | "not" | "brand" | "not_brand" | "with" | "more" | "less");

/** No arguments. */
export type NoArgs = Record<string, unknown>;

/** Arguments of `cart_add` and `cart_set`. */
export type CartArgs = {
  /** Which. */
  offer: OfferRef;
  /** Pieces. */
  quantity: number;
};

/** Arguments of `combine`. */
export type CombineArgs = {
  /** What is wanted most. */
  goal: CombineGoal;
};

/** What makes one way of supplying everything better than another. */
export type CombineGoal = ("fewest_parcels" | "lowest_total" | "earliest" | "lowest_carbon");

/** Arguments of `buy`. */
export type BuyArgs = {
  /** Only what comes from this shop. */
  merchant?: (string | null);
  /** Discount codes that the person gave. */
  codes?: Array<string>;
  /** Only put what was found into the cart: nothing is priced and nothing is asked. */
  cart_only?: boolean;
};

/** Arguments of `schedule`. */
export type ScheduleArgs = {
  /** When. */
  wish: Wish;
};

/** Arguments of `order_status` and `order_cancel`. */
export type OrderArgs = {
  /** Which; `None` means the latest. */
  order?: (string | null);
};

/** Arguments of `order_return`. */
export type ReturnArgs = {
  /** Which; `None` means the latest. */
  order?: (string | null);
  /** The person's reason. */
  reason?: string;
};

/** Arguments of `order_move`. */
export type MoveArgs = {
  /** Which; `None` means the latest. */
  order?: (string | null);
  /** To when. */
  wish: Wish;
};

/** Arguments of `remind`. */
export type RemindArgs = {
  /** What is to be done. */
  act?: RemindDo;
  /** Of what, in the person's words; `None`: the latest order, or the reminder told last. */
  what?: (string | null);
  /** Days between two reminders, or until the next one when it is put off: 1 to 730. `None`: what the shop says it lasts. */
  days?: (number | null);
};

/** What is to be done about reminders. */
export type RemindDo = ("set" | "later" | "stop" | "show");

/** Arguments of `rule_add`. */
export type RuleArgs = {
  /** Avoid or require. */
  kind: RuleKind;
  /** The label by id. */
  label: string;
  /** Only in this category. */
  category?: (string | null);
  /** Whether "nobody says" counts as "no". */
  strict?: boolean;
  /** The person's own words. */
  said: string;
};

/** Arguments of `rule_remove`. */
export type RuleRemoveArgs = {
  /** Name or label of the rule. */
  rule: string;
};

/** Arguments of `limit_set`. */
export type LimitArgs = {
  /** Which. */
  limit: LimitKind;
  /** To what. */
  amount: Money;
};

/** Which limit. */
export type LimitKind = ("purchase" | "day" | "month" | "voice");

/** Arguments of `prefer`. */
export type PreferArgs = {
  /** What. */
  preference: Preference;
};

/** Arguments of `consent_withdraw`. */
export type ConsentArgs = {
  /** From which shop; `None` means from all. */
  merchant?: (string | null);
};

/** Arguments of `why`. */
export type WhyArgs = {
  /** Words of the thing asked about; `None` means the latest decision that was not a plain yes. */
  about?: (string | null);
};

/** Arguments of `handoff`. */
export type HandoffArgs = {
  /** To whom. */
  to: string;
  /** Why. */
  reason: string;
};

/** Arguments of `help`. */
export type HelpArgs = {
  /** Go along with the next errand and say at each of three steps what comes next. */
  tour?: boolean;
};

/** Body of `POST /desk/api/errands/{session}/take`. */
export type DeskTake = {
  /** Why they take it; the person sees it. */
  why: string;
};

/** Body of `…/say`, `…/note` and `…/back`: what is said, noted, or was agreed. */
export type DeskText = {
  /** The words. */
  text: string;
};

/** Body of `…/see`: what the person is asked to show. */
export type DeskSee = {
  /** Which facts. */
  facts: Array<DeskFact>;
};

/** Body of `POST /desk/api/here`. */
export type DeskHere = {
  /** At the desk, or away from it. */
  here: boolean;
};

/** Body of `POST /api/desk/people`. */
export type DeskPair = {
  /** The name that people are shown. */
  name: string;
};

/** Answer of it. */
export type DeskPaired = {
  /** Who. */
  person: DeskPerson;
  /** Their token; shown once, stored only as a digest. */
  token: string;
};

/** One thing that the desk did, as the person is told it: `GET /api/desk/seen`. */
export type DeskSeenView = {
  /** The conversation. */
  session: string;
  /** When it began. */
  at: string;
  /** When it was last so. */
  until: string;
  /** Who, when it was somebody at the desk. */
  person?: (string | null);
  /** In words: `Mara read this errand`. */
  text: string;
};

/** Answer of `GET /api/desk/stats`: how the desk does, over everything that is in the journal. */
export type DeskStats = {
  /** Conversations. */
  conversations: number;
  /** Conversations in which nobody was asked for or called in. */
  contained: number;
  /** The share of them, in thousandths. */
  containment_permille: number;
  /** Times that an errand came into the queue. */
  asked: number;
  /** Times that somebody asked and nobody was there. */
  nobody_there: number;
  /** Times that it was taken over. */
  taken: number;
  /** Half of them were taken over within this many seconds. */
  wait_s_median?: (number | null);
  /** Nine of ten. */
  wait_s_p90?: (number | null);
  /** Times that it was handed back. */
  handed_back: number;
  /** Of those, conversations that did not come back to the desk. */
  resolved: number;
  /** People who left the queue. */
  left: number;
  /** People who sent the person away. */
  sent_away: number;
  /** "Did that help?": yes. */
  helped: number;
  /** No. */
  not_helped: number;
  /** Not answered. */
  not_said: number;
};

/** What errand sends, without `event_id`, which [`Envelope`](crate::envelope::Envelope) adds. Names are those of the general release only. */
export type RealtimeEvent = ({
  type: "session.created";
  /** The effective configuration. */
  session: Session;
} | {
  type: "session.updated";
  /** The effective configuration, whole. */
  session: Session;
} | {
  type: "conversation.item.added";
  /** The item before it. */
  previous_item_id?: (string | null);
  /** The item. */
  item: Item;
} | {
  type: "conversation.item.done";
  /** The item before it. */
  previous_item_id?: (string | null);
  /** The item. */
  item: Item;
} | {
  type: "conversation.item.retrieved";
  /** The item. */
  item: Item;
} | {
  type: "conversation.item.truncated";
  /** Which. */
  item_id: string;
  /** Which part. */
  content_index: number;
  /** What was heard, in milliseconds. */
  audio_end_ms: number;
} | {
  type: "conversation.item.deleted";
  /** Which. */
  item_id: string;
} | {
  type: "conversation.item.input_audio_transcription.delta";
  /** Which item. */
  item_id: string;
  /** Which part. */
  content_index: number;
  /** The words. */
  delta: string;
} | {
  type: "conversation.item.input_audio_transcription.completed";
  /** Which item. */
  item_id: string;
  /** Which part. */
  content_index: number;
  /** The words. */
  transcript: string;
  /** What it took. */
  usage: TranscriptionUsage;
} | {
  type: "conversation.item.input_audio_transcription.failed";
  /** Which item. */
  item_id: string;
  /** Which part. */
  content_index: number;
  /** Why. */
  error: ErrorDetail;
} | {
  type: "input_audio_buffer.committed";
  /** The item before it. */
  previous_item_id?: (string | null);
  /** The new item. */
  item_id: string;
} | {
  type: "input_audio_buffer.speech_started";
  /** Where in the sound that was appended since the session began, in milliseconds. */
  audio_start_ms: number;
  /** The item that it becomes. */
  item_id: string;
} | {
  type: "input_audio_buffer.speech_stopped";
  /** Where in the sound that was appended since the session began, in milliseconds. */
  audio_end_ms: number;
  /** The item that it becomes. */
  item_id: string;
} | {
  type: "input_audio_buffer.timeout_triggered";
  /** From where, in milliseconds of the sound that was appended since the session began. */
  audio_start_ms: number;
  /** Until where. */
  audio_end_ms: number;
  /** The item that the silence becomes. */
  item_id: string;
} | {
  type: "input_audio_buffer.cleared";
} | {
  type: "response.created";
  /** The response. */
  response: Response;
} | {
  type: "response.done";
  /** The response. */
  response: Response;
} | {
  type: "response.output_item.added";
  /** Which response. */
  response_id: string;
  /** Place in it. */
  output_index: number;
  /** The item. */
  item: Item;
} | {
  type: "response.output_item.done";
  /** Which response. */
  response_id: string;
  /** Place in it. */
  output_index: number;
  /** The item. */
  item: Item;
} | {
  type: "response.content_part.added";
  /** Which response. */
  response_id: string;
  /** Which item. */
  item_id: string;
  /** Place of the item. */
  output_index: number;
  /** Place of the part. */
  content_index: number;
  /** The part. */
  part: Part;
} | {
  type: "response.content_part.done";
  /** Which response. */
  response_id: string;
  /** Which item. */
  item_id: string;
  /** Place of the item. */
  output_index: number;
  /** Place of the part. */
  content_index: number;
  /** The part. */
  part: Part;
} | {
  type: "response.output_text.delta";
  /** Which response. */
  response_id: string;
  /** Which item. */
  item_id: string;
  /** Place of the item. */
  output_index: number;
  /** Place of the part. */
  content_index: number;
  /** The words. */
  delta: string;
} | {
  type: "response.output_text.done";
  /** Which response. */
  response_id: string;
  /** Which item. */
  item_id: string;
  /** Place of the item. */
  output_index: number;
  /** Place of the part. */
  content_index: number;
  /** The words. */
  text: string;
} | {
  type: "response.output_audio.delta";
  /** Which response. */
  response_id: string;
  /** Which item. */
  item_id: string;
  /** Place of the item. */
  output_index: number;
  /** Place of the part. */
  content_index: number;
  /** The sound, in the output format of the session. */
  delta: string;
} | {
  type: "response.output_audio.done";
  /** Which response. */
  response_id: string;
  /** Which item. */
  item_id: string;
  /** Place of the item. */
  output_index: number;
  /** Place of the part. */
  content_index: number;
} | {
  type: "response.output_audio_transcript.delta";
  /** Which response. */
  response_id: string;
  /** Which item. */
  item_id: string;
  /** Place of the item. */
  output_index: number;
  /** Place of the part. */
  content_index: number;
  /** The words. */
  delta: string;
} | {
  type: "response.output_audio_transcript.done";
  /** Which response. */
  response_id: string;
  /** Which item. */
  item_id: string;
  /** Place of the item. */
  output_index: number;
  /** Place of the part. */
  content_index: number;
  /** The words. */
  transcript: string;
} | {
  type: "response.function_call_arguments.delta";
  /** Which response. */
  response_id: string;
  /** Which item. */
  item_id: string;
  /** Place of the item. */
  output_index: number;
  /** Which call. */
  call_id: string;
  /** JSON as text. */
  delta: string;
} | {
  type: "response.function_call_arguments.done";
  /** Which response. */
  response_id: string;
  /** Which item. */
  item_id: string;
  /** Place of the item. */
  output_index: number;
  /** Which call. */
  call_id: string;
  /** The tool. */
  name: string;
  /** JSON as text. */
  arguments: string;
} | {
  type: "error";
  /** What and why. */
  error: ErrorDetail;
});

/** What errand sends: one event with its number. */
export type ServerEvent = {
  event_id: string;
} & (RealtimeEvent | ErrandEvent);
