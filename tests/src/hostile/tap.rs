use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use errand_cli::{BuiltIn, MerchantSource};
use errand_types::MerchantId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::harness::HouseClock;

/// Bytes kept at most: more than any test sends.
const KEPT_MAX: usize = 256 << 20;

/// A wire to one shop that keeps everything that was sent to it.
#[derive(Debug)]
pub struct Tap {
    /// Short name of the shop.
    pub shop: String,
    /// Where the house finds it.
    pub address: SocketAddr,
    sent: Arc<Mutex<Vec<u8>>>,
    stop: CancellationToken,
}

impl Tap {
    fn start(shop: &str, listener: TcpListener, to: SocketAddr) -> anyhow::Result<Self> {
        let sent: Arc<Mutex<Vec<u8>>> = Arc::default();
        let stop = CancellationToken::new();
        let (keeping, stopping) = (Arc::clone(&sent), stop.clone());
        let address = listener.local_addr()?;
        tokio::spawn(async move {
            while let Some(Ok((house, _))) = stopping.run_until_cancelled(listener.accept()).await {
                let (keeping, stopping) = (Arc::clone(&keeping), stopping.clone());
                tokio::spawn(async move {
                    // A connection that breaks is the house's business.
                    let _ = stopping
                        .run_until_cancelled(carry(house, to, &keeping))
                        .await;
                });
            }
        });
        Ok(Self {
            shop: shop.to_owned(),
            address,
            sent,
            stop,
        })
    }

    /// Everything that was sent so far, as text.
    pub fn sent(&self) -> String {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&sent).into_owned()
    }

    /// Forgets what was sent so far.
    pub fn clear(&self) {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn keep(kept: &Mutex<Vec<u8>>, part: &[u8]) {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() < KEPT_MAX {
        kept.extend_from_slice(part);
    }
}

async fn carry(house: TcpStream, to: SocketAddr, kept: &Mutex<Vec<u8>>) -> anyhow::Result<()> {
    let shop = TcpStream::connect(to).await?;
    house.set_nodelay(true)?;
    shop.set_nodelay(true)?;
    let (mut from_house, mut to_house) = house.into_split();
    let (mut from_shop, mut to_shop) = shop.into_split();
    let up = async {
        let mut chunk = vec![0; 16 * 1024];
        loop {
            let read = from_house.read(&mut chunk).await?;
            if read == 0 {
                return anyhow::Ok(());
            }
            let part = chunk.get(..read).unwrap_or_default();
            keep(kept, part);
            to_shop.write_all(part).await?;
        }
    };
    let down = async {
        tokio::io::copy(&mut from_shop, &mut to_house)
            .await
            .map(|_| ())
            .context("the way down")
    };
    tokio::select! {
        ended = up => ended,
        ended = down => ended,
    }
}

/// The three shops, each behind a tap, and how the house is told of them.
///
/// # Errors
/// When no port is free.
pub async fn tapped_shops(
    clock: &HouseClock,
    zone: &str,
) -> anyhow::Result<(BuiltIn, Vec<Tap>, Vec<MerchantSource>)> {
    let mut doors = Vec::new();
    for _ in 0..errand_shop::WhichShop::ALL.len() {
        doors.push(TcpListener::bind(("127.0.0.1", 0)).await?);
    }
    let addresses: Vec<SocketAddr> = doors
        .iter()
        .map(TcpListener::local_addr)
        .collect::<Result<_, _>>()?;
    let fronts: Vec<_> = errand_shop::WhichShop::ALL
        .into_iter()
        .zip(addresses)
        .collect();
    let shops = BuiltIn::start(0, None, zone, |config| {
        config.clock = clock.for_shops();
        config.admin = true;
        config.payment_hold = Duration::from_millis(200);
        // What the shop says of itself leads through the tap too.
        if let Some((_, front)) = fronts.iter().find(|(which, _)| *which == config.which) {
            config.base_url = format!("http://{front}");
        }
    })
    .await?;
    let mut taps = Vec::new();
    let mut sources = Vec::new();
    for (shop, door) in shops.shops.iter().zip(doors) {
        let tap = Tap::start(shop.which.slug(), door, shop.address)?;
        sources.push(MerchantSource {
            url: format!("http://{}", tap.address),
            id: Some(MerchantId::parse(shop.which.slug())?),
            name: shop.which.name().to_owned(),
        });
        taps.push(tap);
    }
    Ok((shops, taps, sources))
}
