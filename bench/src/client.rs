//! A plain HTTP/1.1 client that keeps its connection: the load generator's hands.

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::program::{HOST, PORT};
use crate::report::Failure;

/// One connection.
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// Its JSON.
    pub fn document(&self) -> Result<Value, Failure> {
        serde_json::from_slice(&self.body)
            .map_err(|why| Failure::new(format!("the answer is no JSON: {why}")))
    }
}

impl Client {
    /// To the server under measure.
    pub async fn connect() -> Result<Client, Failure> {
        let stream = TcpStream::connect(("127.0.0.1", PORT)).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Client { sender })
    }

    /// Reads a page, with cookies if there are any.
    pub async fn get(&mut self, path: &str, cookies: Option<&str>) -> Result<Answer, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(
            http::header::ACCEPT,
            http::HeaderValue::from_static("text/html"),
        );
        if let Some(cookies) = cookies {
            headers.insert(http::header::COOKIE, value(cookies)?);
        }
        self.send(Method::GET, path, headers, Bytes::new()).await
    }

    /// Sends a form.
    pub async fn post(
        &mut self,
        path: &str,
        cookies: &str,
        fields: &[(&str, &str)],
    ) -> Result<Answer, Failure> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let mut headers = HeaderMap::new();
        headers.insert(
            http::header::CONTENT_TYPE,
            http::HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        headers.insert(
            http::header::ORIGIN,
            value(&format!("http://{HOST}:{PORT}"))?,
        );
        headers.insert(http::header::COOKIE, value(cookies)?);
        self.send(Method::POST, path, headers, Bytes::from(body))
            .await
    }

    /// Asks as an app does: with a token and a document, where there are any.
    pub async fn ask(
        &mut self,
        method: Method,
        path: &str,
        token: Option<&str>,
        document: Option<&Value>,
    ) -> Result<Answer, Failure> {
        let mut headers = HeaderMap::new();
        if let Some(token) = token {
            headers.insert(
                http::header::AUTHORIZATION,
                value(&format!("Bearer {token}"))?,
            );
        }
        let mut body = Bytes::new();
        if let Some(document) = document {
            headers.insert(
                http::header::CONTENT_TYPE,
                http::HeaderValue::from_static("application/json"),
            );
            body = Bytes::from(document.to_string());
        }
        self.send(method, path, headers, body).await
    }

    /// The same, and reads the document that comes back; anything but 200 makes the run void.
    pub async fn told(
        &mut self,
        method: Method,
        path: &str,
        token: Option<&str>,
        document: Option<&Value>,
    ) -> Result<Value, Failure> {
        let answer = self.ask(method, path, token, document).await?;
        if answer.status != 200 {
            return Err(Failure::new(format!(
                "{path} answered {}: {}",
                answer.status,
                String::from_utf8_lossy(&answer.body)
            )));
        }
        answer.document()
    }

    /// Sends anything.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Answer, Failure> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = path
            .parse()
            .map_err(|_| Failure::new(format!("{path} is no path")))?;
        *request.headers_mut() = headers;
        request
            .headers_mut()
            .insert(http::header::HOST, value(&format!("{HOST}:{PORT}"))?);
        self.sender.ready().await?;
        let (parts, body) = self.sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        })
    }
}

/// A header with this in it.
pub fn value(text: &str) -> Result<http::HeaderValue, Failure> {
    http::HeaderValue::from_str(text).map_err(|_| Failure::new("a header cannot hold that"))
}
