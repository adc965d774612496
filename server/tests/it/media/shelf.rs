//! A bucket in this process, which remembers what it was asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_LENGTH;
use http::{Method, StatusCode, Uri};
use tokio::net::TcpListener;

#[derive(Clone, Default)]
pub struct Shelf {
    objects: Arc<Mutex<HashMap<String, Bytes>>>,
    asked: Arc<Mutex<Vec<Method>>>,
}

impl Shelf {
    /// With the settings that lead to it.
    pub async fn start() -> (Shelf, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shelf = Shelf::default();
        let router = Router::new().fallback(answer).with_state(shelf.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let settings = format!(
            "[media.s3]\nendpoint = \"http://127.0.0.1:{port}\"\nbucket = \"files\"\naccess_key = \"key\"\n\
             secret_key = \"secret\"\n"
        );
        (shelf, settings)
    }

    /// What it was asked for since this was last called.
    pub fn asked(&self) -> Vec<Method> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// Loses what ends so; how many there were.
    pub fn loses(&self, ending: &str) -> usize {
        let mut objects = self.objects.lock().unwrap();
        let before = objects.len();
        objects.retain(|name, _| !name.ends_with(ending));
        before - objects.len()
    }
}

async fn answer(State(shelf): State<Shelf>, method: Method, uri: Uri, body: Bytes) -> Response {
    shelf.asked.lock().unwrap().push(method.clone());
    let mut objects = shelf.objects.lock().unwrap();
    let name = uri.path();
    if method == Method::PUT {
        objects.insert(name.to_owned(), body);
        return StatusCode::OK.into_response();
    }
    if method == Method::DELETE {
        objects.remove(name);
        return StatusCode::NO_CONTENT.into_response();
    }
    match objects.get(name) {
        Some(bytes) if method == Method::HEAD => {
            ([(CONTENT_LENGTH, bytes.len().to_string())], Body::empty()).into_response()
        }
        Some(bytes) => bytes.clone().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
