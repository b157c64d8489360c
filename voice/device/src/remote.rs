//! Engines on other machines. Off unless somebody configures one: sound that leaves the house is a matter of consent, and
//! sound of an open approval never leaves it.

mod http;
mod line;
mod openai_stt;
mod openai_tts;
mod stand_in;
mod wyoming_stt;
mod wyoming_tts;

pub use http::Service;
pub use openai_stt::OpenAiStt;
pub use openai_tts::OpenAiTts;
pub use stand_in::StandIn;
pub use wyoming_stt::WyomingStt;
pub use wyoming_tts::WyomingTts;
