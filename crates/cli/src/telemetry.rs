//! Logs on standard error, and spans to a collector where one is named and this build can send them.

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

/// Variable that names the collector, as the OpenTelemetry specification calls it.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// Whose log is not kept at any level.
const QUIET: &str = "async_openai=off";

/// Sends what is left when it is dropped.
#[derive(Debug)]
pub(crate) struct Spans(
    #[cfg(feature = "otlp")] Option<opentelemetry_sdk::trace::SdkTracerProvider>,
);

/// Sets up logs, and spans when `OTEL_EXPORTER_OTLP_ENDPOINT` is set. `ERRAND_LOG` filters both.
pub(crate) fn init() -> Spans {
    let filter = || {
        let filter =
            EnvFilter::try_from_env("ERRAND_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
        // The client library of language models logs what servers wrote, which may hold what a person said.
        QUIET
            .parse()
            .map_or(filter.clone(), |quiet| filter.add_directive(quiet))
    };
    let logs = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_filter(filter());
    let registry = tracing_subscriber::registry().with(logs);
    let is_named = std::env::var_os(ENDPOINT).is_some_and(|v| !v.is_empty());
    if !is_named {
        registry.init();
        return Spans::none();
    }
    #[cfg(feature = "otlp")]
    {
        use opentelemetry::trace::TracerProvider as _;

        let exporter = match opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .build()
        {
            Ok(exporter) => exporter,
            Err(error) => {
                // Comfort only: a house without spans is still a house.
                registry.init();
                eprintln!(
                    "no spans are sent, the collector named by `{ENDPOINT}` cannot be used: {error}"
                );
                return Spans::none();
            }
        };
        let resource = opentelemetry_sdk::Resource::builder()
            .with_service_name("errand")
            .build();
        let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build();
        let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("errand"));
        registry
            .with(spans.with_filter(EnvFilter::new(format!("info,{QUIET}"))))
            .init();
        Spans(Some(provider))
    }
    #[cfg(not(feature = "otlp"))]
    {
        registry.init();
        eprintln!(
            "`{ENDPOINT}` is set, but this build sends no spans; build with `--features otlp`"
        );
        Spans::none()
    }
}

impl Spans {
    #[cfg(feature = "otlp")]
    fn none() -> Self {
        Self(None)
    }

    #[cfg(not(feature = "otlp"))]
    fn none() -> Self {
        Self()
    }
}

#[cfg(feature = "otlp")]
impl Drop for Spans {
    fn drop(&mut self) {
        // Comfort only: spans that cannot be sent any more are lost.
        if let Some(provider) = self.0.take() {
            let _ = provider.shutdown();
        }
    }
}
