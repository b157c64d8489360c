use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use errand_types::{Clock, Ids};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};
use tracing::debug;
use url::Url;

use crate::backoff::Jitter;
use crate::breaker::Breaker;
use crate::dialect::Dialect;
use crate::error::{MerchantError, Unreached};
use crate::limits::ClientLimits;
use crate::metrics::{PAUSED, REQUESTS, SECONDS};
use crate::op::Op;
use crate::read::messages::refusal_code;
use crate::wire::{Incoming, Lost, Method, Outgoing, Wire};
use crate::wirelog::{EntryId, WireLog, repeats, secrets_of};

/// Sends requests of one shop: bounded in time, size and number, repeated where that is safe, and written to the wire
/// log. Knows nothing of what the bodies mean.
#[derive(Debug)]
pub(crate) struct Caller {
    /// The shop, for errors and the log.
    pub(crate) label: String,
    pub(crate) wire: Arc<dyn Wire>,
    pub(crate) limits: ClientLimits,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) jitter: Arc<Jitter>,
    pub(crate) log: WireLog,
    pub(crate) agent: Option<String>,
    pub(crate) locale: Option<String>,
    pub(crate) breaker: Mutex<Breaker>,
    pub(crate) permits: Semaphore,
}

/// A request before its headers.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) op: Op,
    pub(crate) method: Method,
    pub(crate) url: &'a Url,
    pub(crate) body: Option<&'a str>,
    pub(crate) key: Option<&'a str>,
    pub(crate) dialect: Option<Dialect>,
}

/// A good answer.
pub(crate) struct Answered {
    pub(crate) body: Value,
    pub(crate) cache_control: Option<String>,
    pub(crate) entry: EntryId,
    /// What the request told and must not come back in an error.
    pub(crate) secrets: Vec<String>,
}

/// What one attempt came to.
enum Tried {
    Good(Box<Incoming>, EntryId),
    /// Final: repeating it changes nothing.
    Final(MerchantError),
    /// May be repeated.
    Again {
        error: MerchantError,
        asked: Option<Duration>,
        maybe_sent: bool,
    },
}

impl Caller {
    /// An unguessable name in the form of a UUID.
    pub(crate) fn uuid(&self) -> String {
        let mut bytes = self.ids.nonce();
        let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
        *version = (*version & 0x0f) | 0x40;
        *variant = (*variant & 0x3f) | 0x80;
        let hex = format!("{:032x}", u128::from_be_bytes(bytes));
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
        format!(
            "{}-{}-{}-{}-{}",
            part(0, 8),
            part(8, 12),
            part(12, 16),
            part(16, 20),
            part(20, 32)
        )
    }

    /// Sends within the budget of the operation.
    ///
    /// # Cancel safety
    /// May be dropped at any await; a change that was sent is then unknown to the caller, and its intent is on record.
    pub(crate) async fn call(&self, request: Request<'_>) -> Result<Answered, MerchantError> {
        let op = request.op;
        let queue = Duration::from_millis(self.limits.queue_ms);
        let permit = timeout(queue, self.permits.acquire()).await;
        let Ok(Ok(_permit)) = permit else {
            return Err(MerchantError::Crowded {
                merchant: self.label.clone(),
            });
        };
        let deadline = Instant::now() + self.limits.budget(op);
        // A payment is tried once: whether to repeat it is decided after a look at the shop.
        let attempts = if op == Op::Complete {
            1
        } else {
            self.limits.attempts.max(1)
        };
        let mut may_have_left = false;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let left = deadline.saturating_duration_since(Instant::now());
            let is_last = attempt >= attempts;
            let bound = if is_last {
                left
            } else {
                left.saturating_mul(3) / 5
            };
            let (error, asked) = match self.attempt(request, bound).await {
                Tried::Good(answer, entry) => {
                    let cache_control = answer.headers.get("cache-control").cloned();
                    return Ok(Answered {
                        body: answer.body,
                        cache_control,
                        entry,
                        secrets: told(request),
                    });
                }
                Tried::Final(error) => return Err(self.settled(op, error, may_have_left)),
                Tried::Again {
                    error,
                    asked,
                    maybe_sent,
                } => {
                    may_have_left |= maybe_sent;
                    (error, asked)
                }
            };
            let first = Duration::from_millis(self.limits.backoff_ms);
            let wait = self.jitter.wait(
                attempt,
                first,
                Duration::from_millis(self.limits.backoff_max_ms),
                asked,
            );
            let left = deadline.saturating_duration_since(Instant::now());
            if is_last || wait >= left {
                return Err(self.settled(op, error, may_have_left));
            }
            sleep(wait).await;
        }
    }

    /// A change that may have left in an earlier attempt is unknown, however the last attempt ended.
    fn settled(&self, op: Op, error: MerchantError, may_have_left: bool) -> MerchantError {
        let says_nothing = matches!(
            error,
            MerchantError::NotSent { .. }
                | MerchantError::NoAnswer { .. }
                | MerchantError::Paused { .. }
        );
        if op.changes() && may_have_left && says_nothing {
            MerchantError::OutcomeUnknown {
                merchant: self.label.clone(),
                op,
            }
        } else {
            error
        }
    }

    async fn attempt(&self, request: Request<'_>, bound: Duration) -> Tried {
        let op = request.op;
        if let Err(retry_in) = self.breaker().admit(self.clock.now()) {
            metrics::counter!(PAUSED).increment(1);
            return Tried::Final(MerchantError::Paused {
                merchant: self.label.clone(),
                retry_in,
            });
        }
        let outgoing = self.outgoing(request);
        let started = Instant::now();
        let sent = timeout(bound, self.wire.send(outgoing.clone())).await;
        let result = sent.unwrap_or(Err(Lost::NoAnswer));
        let entry = self
            .log
            .push(&self.label, op, &outgoing, result.as_ref().ok());
        let took = started.elapsed();
        metrics::histogram!(SECONDS, "op" => op.name()).record(took.as_secs_f64());
        debug!(merchant = %self.label, op = op.name(), ms = took.as_millis(), "asked a shop");
        let tried = match result {
            Ok(answer) => self.judge(request, answer, entry),
            Err(lost) => self.judge_lost(op, lost),
        };
        let outcome = match &tried {
            Tried::Good(..) => "answered",
            Tried::Final(_) => "refused",
            Tried::Again { .. } => "failed",
        };
        metrics::counter!(REQUESTS, "op" => op.name(), "outcome" => outcome).increment(1);
        tried
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn judge_lost(&self, op: Op, lost: Lost) -> Tried {
        let merchant = self.label.clone();
        match lost {
            Lost::NotSent(Unreached::Address) => {
                self.breaker().answered();
                Tried::Final(MerchantError::NotSent {
                    merchant,
                    op,
                    cause: Unreached::Address,
                })
            }
            Lost::NotSent(cause) => {
                self.breaker().failed(self.clock.now());
                Tried::Again {
                    error: MerchantError::NotSent {
                        merchant,
                        op,
                        cause,
                    },
                    asked: None,
                    maybe_sent: false,
                }
            }
            Lost::NoAnswer => {
                self.breaker().failed(self.clock.now());
                Tried::Again {
                    error: MerchantError::NoAnswer { merchant, op },
                    asked: None,
                    maybe_sent: true,
                }
            }
            Lost::TooLarge => {
                self.breaker().answered();
                let error = MerchantError::TooLarge {
                    merchant,
                    op,
                    limit: self.limits.body_cap(op),
                };
                Tried::Final(self.after_answer(op, error))
            }
        }
    }

    /// A payment whose answer cannot be used is unknown; of anything else we say what was wrong.
    fn after_answer(&self, op: Op, error: MerchantError) -> MerchantError {
        if op == Op::Complete {
            MerchantError::OutcomeUnknown {
                merchant: self.label.clone(),
                op,
            }
        } else {
            error
        }
    }

    fn judge(&self, request: Request<'_>, answer: Incoming, entry: EntryId) -> Tried {
        let op = request.op;
        let merchant = self.label.clone();
        let status = answer.status;
        let now = self.clock.now();
        if status >= 500 && status != 501 {
            self.breaker().failed(now);
        } else {
            self.breaker().answered();
        }
        match status {
            200..=299 if answer.is_json => Tried::Good(Box::new(answer), entry),
            200..=299 => {
                let error = MerchantError::Unreadable {
                    merchant,
                    op,
                    what: "it is no JSON",
                };
                Tried::Final(self.after_answer(op, error))
            }
            300..=399 => Tried::Final(self.after_answer(
                op,
                MerchantError::Redirected {
                    merchant,
                    op,
                    status,
                },
            )),
            429 | 503 => {
                let asked = answer
                    .headers
                    .get("retry-after")
                    .and_then(|value| self.retry_after(value));
                // A proxy may say 503 after the shop behind it has charged.
                let open = op == Op::Complete && status == 503;
                let error = if open {
                    MerchantError::OutcomeUnknown { merchant, op }
                } else {
                    MerchantError::Busy {
                        merchant,
                        op,
                        retry_in: asked,
                    }
                };
                Tried::Again {
                    error,
                    asked,
                    maybe_sent: open,
                }
            }
            501 => Tried::Final(MerchantError::Unsupported { merchant, op }),
            500..=599 => {
                let may_be_done = matches!(
                    op,
                    Op::Complete
                        | Op::CancelCheckout
                        | Op::CancelOrder
                        | Op::ReturnOrder
                        | Op::BookSlot
                );
                let error = if may_be_done {
                    MerchantError::OutcomeUnknown { merchant, op }
                } else {
                    MerchantError::ShopFailed {
                        merchant,
                        op,
                        status,
                    }
                };
                Tried::Again {
                    error,
                    asked: None,
                    maybe_sent: may_be_done,
                }
            }
            _ => Tried::Final(self.refusal(request, &answer)),
        }
    }

    fn refusal(&self, request: Request<'_>, answer: &Incoming) -> MerchantError {
        let op = request.op;
        let merchant = self.label.clone();
        let code = plain_code(&answer.body, &told(request));
        let status = answer.status;
        let wants_login = || {
            let challenge = answer.headers.get("www-authenticate");
            challenge.is_some_and(|value| value.to_ascii_lowercase().starts_with("bearer"))
                || matches!(code.as_str(), "identity_required" | "insufficient_scope")
        };
        match (status, code.as_str()) {
            (_, "profile_unreachable" | "invalid_profile_url") | (424, _) => {
                MerchantError::ProfileNotPublic { merchant }
            }
            (_, "version_unsupported") => MerchantError::VersionUnsupported {
                merchant,
                version: String::new(),
            },
            (401 | 403, _) if wants_login() => MerchantError::NeedsIdentity { merchant, op },
            (402, _) if op == Op::Complete => MerchantError::PaymentDeclined { merchant },
            (404 | 410, _)
                if matches!(
                    op,
                    Op::Search | Op::SearchPage | Op::Lookup | Op::Slots | Op::OrderSlots
                ) =>
            {
                MerchantError::Unsupported { merchant, op }
            }
            (404 | 410, _) => MerchantError::NotFound { merchant, op },
            (405, _) => MerchantError::Unsupported { merchant, op },
            (409, _) => MerchantError::Conflict { merchant, op, code },
            _ => MerchantError::Refused {
                merchant,
                op,
                status,
                code,
            },
        }
    }

    /// `Retry-After`: seconds, or a date.
    fn retry_after(&self, value: &str) -> Option<Duration> {
        if let Ok(seconds) = value.trim().parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let at = jiff::fmt::rfc2822::parse(value.trim()).ok()?.timestamp();
        Some(
            at.duration_since(self.clock.now())
                .try_into()
                .unwrap_or(Duration::ZERO),
        )
    }

    fn outgoing(&self, request: Request<'_>) -> Outgoing {
        let mut headers: Vec<(&'static str, String)> =
            vec![("Accept", "application/json".to_owned())];
        if let Some(agent) = &self.agent {
            headers.push(("UCP-Agent", agent.clone()));
        }
        headers.push(("Request-Id", self.uuid()));
        headers.push(("Sec-GPC", "1".to_owned()));
        if let Some(locale) = &self.locale {
            headers.push(("Accept-Language", locale.clone()));
        }
        if request.body.is_some() {
            headers.push(("Content-Type", "application/json".to_owned()));
        }
        if let Some(key) = request.key {
            headers.push(("Idempotency-Key", key.to_owned()));
        }
        if request.dialect.is_some_and(Dialect::is_first) {
            // The first version wants the header and gives its content no meaning; we sign nothing.
            headers.push(("Request-Signature", "unsigned".to_owned()));
        }
        Outgoing {
            method: request.method,
            url: request.url.clone(),
            headers,
            body: request.body.map(str::to_owned),
            cap: self.limits.body_cap(request.op),
        }
    }
}

/// What a request told that is nobody else's business. Questions tell nothing.
fn told(request: Request<'_>) -> Vec<String> {
    if !request.op.changes() {
        return Vec::new();
    }
    let body = request
        .body
        .and_then(|body| serde_json::from_str(body).ok());
    body.as_ref().map(secrets_of).unwrap_or_default()
}

/// The shop's code, unless it is something that we told it.
pub(crate) fn plain_code(body: &Value, secrets: &[String]) -> String {
    let code = refusal_code(body);
    if repeats(&code, secrets) {
        String::new()
    } else {
        code
    }
}
