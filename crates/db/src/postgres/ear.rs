//! A connection that only listens.

use std::collections::VecDeque;
use std::pin::Pin;

use futures_util::stream::{self, Stream, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::{AsyncMessage, Client, Connection};

use crate::error::DbError;

/// The channel. Each database has its own.
pub(super) const CHANNEL: &str = "comity";

type Messages = Pin<Box<dyn Stream<Item = Result<AsyncMessage, tokio_postgres::Error>> + Send>>;

/// What comes by NOTIFY.
pub(crate) struct Ear {
    /// The connection ends with it.
    _client: Client,
    messages: Messages,
    came: VecDeque<String>,
    open: bool,
}

impl Ear {
    /// Begins to listen on a fresh connection.
    pub(super) async fn new<S, T>(
        client: Client,
        mut connection: Connection<S, T>,
    ) -> Result<Ear, DbError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut messages: Messages =
            Box::pin(stream::poll_fn(move |cx| connection.poll_message(cx)));
        let mut came = VecDeque::new();
        let begin = format!("LISTEN {CHANNEL}");
        {
            let mut begun = Box::pin(client.batch_execute(&begin));
            loop {
                tokio::select! {
                    done = &mut begun => {
                        done.map_err(DbError::postgres)?;
                        break;
                    }
                    message = messages.next() => match message {
                        Some(Ok(AsyncMessage::Notification(told))) => came.push_back(told.payload().to_owned()),
                        Some(Ok(_)) => {}
                        Some(Err(why)) => return Err(DbError::postgres(why)),
                        None => return Err(DbError::stopped()),
                    },
                }
            }
        }
        Ok(Ear {
            _client: client,
            messages,
            came,
            open: true,
        })
    }

    /// Whether more may come.
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// What was told next; `None` when the connection is lost. May be dropped while it waits.
    pub(crate) async fn next(&mut self) -> Option<String> {
        if let Some(told) = self.came.pop_front() {
            return Some(told);
        }
        loop {
            match self.messages.next().await {
                Some(Ok(AsyncMessage::Notification(told))) => {
                    return Some(told.payload().to_owned());
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => {
                    self.open = false;
                    return None;
                }
            }
        }
    }
}
