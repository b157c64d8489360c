use errand_types::Language;
use errand_voice_wyoming::{Event, Form, FormError};
use serde_json::{Map, Value};

/// Seconds of sound that are taken at once; then it is read, and what follows is left out.
pub(crate) const SECONDS_MAX: usize = 30;

/// Sound that a caller sends, until it is over.
#[derive(Debug)]
pub(crate) struct Intake {
    language: Language,
    context: Option<Map<String, Value>>,
    form: Option<Form>,
    pcm: Vec<i16>,
    /// It was given away; what follows is left out until the caller says that it is over.
    is_taken: bool,
}

/// Sound as it came, as one voice.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) pcm: Vec<i16>,
    pub(crate) rate_hz: u32,
}

impl Intake {
    pub(crate) fn new(language: Language) -> Self {
        Self {
            language,
            context: None,
            form: None,
            pcm: Vec::new(),
            is_taken: false,
        }
    }

    pub(crate) fn with_context(mut self, context: Option<Map<String, Value>>) -> Self {
        self.context = context;
        self
    }

    pub(crate) fn language(&self) -> Language {
        self.language
    }

    pub(crate) fn context(&self) -> Option<&Map<String, Value>> {
        self.context.as_ref()
    }

    pub(crate) fn start(&mut self, form: Form) {
        self.form = Some(form);
        self.pcm.clear();
        self.is_taken = false;
    }

    pub(crate) fn chunk(&mut self, chunk: &Event) -> Result<(), FormError> {
        if self.is_taken {
            return Ok(());
        }
        // Callers differ in whether they say the form before, and each chunk says its own.
        let form = Form::of(chunk)?;
        match self.form {
            None => self.form = Some(form),
            Some(before) if before == form => {}
            Some(_) => return Err(FormError::Foreign),
        }
        let room = self.most().saturating_sub(self.pcm.len());
        self.pcm.extend(form.read(chunk).into_iter().take(room));
        Ok(())
    }

    pub(crate) fn is_full(&self) -> bool {
        !self.is_taken && self.form.is_some() && self.pcm.len() >= self.most()
    }

    /// What came, once; `None` when nothing did.
    pub(crate) fn take(&mut self) -> Option<Taken> {
        if self.is_taken {
            return None;
        }
        let form = self.form?;
        self.is_taken = true;
        Some(Taken {
            pcm: std::mem::take(&mut self.pcm),
            rate_hz: form.rate_hz,
        })
    }

    fn most(&self) -> usize {
        let rate = self.form.map_or(0, |form| form.rate_hz);
        usize::try_from(rate)
            .unwrap_or(0)
            .saturating_mul(SECONDS_MAX)
    }
}
