//! Where the fax service is: base, account and extension, or one full address for a proxy.

use crate::fax::SendTime;
use crate::message_id::MessageId;

/// The addresses that a client calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    fax: String,
    /// Everything up to `/restapi`, where it can be told.
    root: Option<String>,
}

/// Which part of an address cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// Not an `http:` or `https:` address.
    Server,
    /// Not an `http:` or `https:` address.
    Endpoint,
    /// Not an id.
    Account,
    /// Not an id.
    Extension,
}

impl AddressError {
    /// The attribute that set it.
    #[must_use]
    pub fn attribute(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Endpoint => "endpoint",
            Self::Account => "account",
            Self::Extension => "extension",
        }
    }
}

impl Service {
    /// The service at `server`, an absolute address, for an account and an extension; `~` is the token's own
    /// (fax API facts §6).
    ///
    /// # Errors
    /// Where `server` is no web address, or an id is not made of letters, digits, `-`, `_` and `~`.
    pub fn new(server: &str, account: &str, extension: &str) -> Result<Self, AddressError> {
        // A query would swallow the path that goes behind it.
        let root = web_address(server).filter(|server| !server.contains('?')).ok_or(AddressError::Server)?;
        let root = root.trim_end_matches('/');
        let account = id(account).ok_or(AddressError::Account)?;
        let extension = id(extension).ok_or(AddressError::Extension)?;
        Ok(Self {
            fax: format!("{root}/restapi/v1.0/account/{account}/extension/{extension}/fax"),
            root: Some(root.to_owned()),
        })
    }

    /// A proxy whose fax resource is `endpoint`, an absolute address. Its other resources are known where it keeps
    /// the API's own paths.
    ///
    /// # Errors
    /// Where `endpoint` is no web address.
    pub fn at(endpoint: &str) -> Result<Self, AddressError> {
        let endpoint = web_address(endpoint).ok_or(AddressError::Endpoint)?;
        let root = endpoint.split_once("/restapi/v1.0/").map(|(root, _)| root.to_owned());
        Ok(Self { fax: endpoint.to_owned(), root })
    }

    /// The fax resource.
    #[must_use]
    pub fn fax(&self) -> &str {
        &self.fax
    }

    /// The host that counts the calls.
    #[must_use]
    pub fn host(&self) -> &str {
        host(&self.fax).unwrap_or_default()
    }

    /// Everything up to `/restapi`, where it can be told.
    #[must_use]
    pub fn root(&self) -> Option<&str> {
        self.root.as_deref()
    }

    /// The list of cover pages; `None` behind a proxy with paths of its own.
    #[must_use]
    pub fn cover_pages(&self) -> Option<String> {
        let root = self.root.as_ref()?;
        Some(format!("{root}/restapi/v1.0/dictionary/fax-cover-page?page=1&perPage=100"))
    }

    /// One message, or several at once. There is no way to an address without an id: deleting at it would delete every
    /// message (fax API facts §4). `None` behind a proxy whose fax resource is not called `fax`.
    #[must_use]
    pub fn messages(&self, first: &MessageId, others: &[MessageId]) -> Option<String> {
        let ids = others.iter().fold(first.to_string(), |ids, id| format!("{ids},{id}"));
        self.beside(&format!("message-store/{ids}"), "")
    }

    /// A page of the message list; `None` as above.
    #[must_use]
    pub fn list(&self, query: &Query) -> Option<String> {
        let time = |millis: i64| SendTime::text(millis);
        let mut text = "messageType=Fax".to_owned();
        if let Some(direction) = query.direction {
            text += if direction == Direction::Inbound { "&direction=Inbound" } else { "&direction=Outbound" };
        }
        // Left out, it would be the last 24 hours.
        text += &format!("&dateFrom={}", time(query.date_from));
        if let Some(date_to) = query.date_to {
            text += &format!("&dateTo={}", time(date_to));
        }
        text += &format!("&page={}&perPage={}", query.page, query.per_page);
        self.beside("message-store", &text)
    }

    /// Where a rendered document is to be fetched from, for the address that a message gives. A token goes only to the
    /// service itself, or from one host of the provider's to another of its (fax API facts §4: documents lie on
    /// media.ringcentral.com). Behind a proxy the document is asked for there. `None` for any other address.
    #[must_use]
    pub fn document(&self, uri: &str) -> Option<String> {
        let theirs = host(uri)?;
        let ours = host(&self.fax)?;
        let both = |domain: &str| theirs.ends_with(domain) && ours.ends_with(domain) && uri.starts_with("https://");
        if origin(uri) == origin(&self.fax) || both(".ringcentral.com") || both(".ringcentral.biz") {
            return Some(uri.to_owned());
        }
        let (_, path) = uri.split_once("/restapi/")?;
        Some(format!("{}/restapi/{path}", self.root.as_ref()?))
    }

    /// A resource beside the fax resource.
    fn beside(&self, path: &str, query: &str) -> Option<String> {
        let (fax, fixed) = self.fax.split_once('?').unwrap_or((&self.fax, ""));
        let base = fax.strip_suffix("/fax")?;
        let joint = if fixed.is_empty() || query.is_empty() { "" } else { "&" };
        let mark = if fixed.is_empty() && query.is_empty() { "" } else { "?" };
        Some(format!("{base}/{path}{mark}{fixed}{joint}{query}"))
    }
}

/// Which way a fax went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// It came in.
    Inbound,
    /// It went out.
    Outbound,
}

/// What a page of the message list is to hold (fax API facts §4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// `None` for both.
    pub direction: Option<Direction>,
    /// Not older than this, in milliseconds since 1970.
    pub date_from: i64,
    /// Not younger than this.
    pub date_to: Option<i64>,
    /// From 1.
    pub page: u32,
    /// At most 1,000.
    pub per_page: u32,
}

/// Scheme, host and port.
fn origin(address: &str) -> &str {
    let path = address.find("://").and_then(|at| address.get(at + 3..)?.find(['/', '?', '#']).map(|end| at + 3 + end));
    path.and_then(|end| address.get(..end)).unwrap_or(address)
}

/// The host of a web address, with no port.
pub(crate) fn host(address: &str) -> Option<&str> {
    web_address(address)?;
    origin(address).split_once("://")?.1.split(':').next()
}

/// An address with a host, and with no user and no fragment.
fn web_address(text: &str) -> Option<&str> {
    let text = text.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next()?;
    let plain = !text.contains(['#', '\\']) && !text.contains(char::is_whitespace) && !host.contains('@');
    (plain && !host.is_empty() && !host.starts_with(':')).then_some(text)
}

fn id(text: &str) -> Option<&str> {
    let text = if text.is_empty() { "~" } else { text };
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_~".contains(&byte)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn posts_to(server: &str, url: &str) {
        assert_eq!(Service::new(server, "~", "~").map(|service| service.fax), Ok(url.to_owned()));
    }

    #[track_caller]
    fn refuses(server: &str) {
        assert_eq!(Service::new(server, "~", "~"), Err(AddressError::Server), "{server}");
    }

    #[test]
    fn addresses_are_built() {
        let url = "https://platform.ringcentral.com/restapi/v1.0/account/~/extension/~/fax";
        posts_to("https://platform.ringcentral.com", url);
        posts_to("https://platform.ringcentral.com/", url);
        posts_to("http://127.0.0.1:8787", "http://127.0.0.1:8787/restapi/v1.0/account/~/extension/~/fax");
        let explicit = Service::new("https://a.example", "11112222", "22223333").map(|service| service.fax);
        assert_eq!(explicit, Ok("https://a.example/restapi/v1.0/account/11112222/extension/22223333/fax".into()));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for server in [
            "",
            "platform.ringcentral.com",
            "ftp://a.example",
            "https://",
            "https:///x",
            "https://a b",
            "https://:80",
            "https://me@a.example",
            "javascript:alert(1)",
            "https://a.example?x",
        ] {
            refuses(server);
        }
        assert_eq!(Service::new("https://a.example", "../x", "~"), Err(AddressError::Account));
        assert_eq!(Service::new("https://a.example", "~", "1/2"), Err(AddressError::Extension));
        assert_eq!(Service::at("/fax"), Err(AddressError::Endpoint));
    }

    #[test]
    fn messages_lie_beside_the_fax_resource() {
        let service = Service::new("https://a.example", "~", "~").unwrap();
        let id = |id: &str| id.parse::<MessageId>().unwrap();
        let store = "https://a.example/restapi/v1.0/account/~/extension/~/message-store";
        assert_eq!(service.messages(&id("12"), &[]), Some(format!("{store}/12")));
        assert_eq!(service.messages(&id("12"), &[id("13"), id("14")]), Some(format!("{store}/12,13,14")));
        let query = Query { direction: None, date_from: 0, date_to: None, page: 2, per_page: 100 };
        let list = format!("{store}?messageType=Fax&dateFrom=1970-01-01T00:00:00.000Z&page=2&perPage=100");
        assert_eq!(service.list(&query), Some(list));
        let proxy = Service::at("https://p.example/rc/fax?tenant=1").unwrap();
        assert_eq!(proxy.messages(&id("12"), &[]).as_deref(), Some("https://p.example/rc/message-store/12?tenant=1"));
        let query = Query { direction: Some(Direction::Outbound), date_to: Some(0), ..query };
        assert_eq!(
            proxy.list(&query).as_deref(),
            Some(
                "https://p.example/rc/message-store?tenant=1&messageType=Fax&direction=Outbound&dateFrom=1970-01-01T00:00:00.000Z&dateTo=1970-01-01T00:00:00.000Z&page=2&perPage=100"
            )
        );
        assert_eq!(Service::at("https://p.example/send").unwrap().messages(&id("12"), &[]), None);
    }

    #[test]
    fn documents_are_fetched_where_the_token_may_go() {
        let service = Service::new("https://platform.ringcentral.com", "~", "~").unwrap();
        let uri = "https://media.ringcentral.com/restapi/v1.0/account/1/extension/1/message-store/2/content/2";
        assert_eq!(service.document(uri).as_deref(), Some(uri));
        // Another's host gets no token; what it names is asked for at our own.
        let other = "https://evil.example/restapi/v1.0/x";
        assert_eq!(service.document(other).as_deref(), Some("https://platform.ringcentral.com/restapi/v1.0/x"));
        for uri in [
            "https://evil.example/x",
            "https://x.ringcentral.com.evil.example/x",
            "javascript:x",
            "http://media.ringcentral.com/x",
        ] {
            assert_eq!(service.document(uri), None, "{uri}");
        }
        let sandbox = Service::new("http://127.0.0.1:8787", "~", "~").unwrap();
        assert_eq!(sandbox.document("http://127.0.0.1:8787/a?b").as_deref(), Some("http://127.0.0.1:8787/a?b"));
        assert_eq!(sandbox.document("http://127.0.0.1:8788/a"), None);
        let proxy = Service::at("https://p.example/rc/restapi/v1.0/account/~/extension/~/fax").unwrap();
        assert_eq!(proxy.document(uri), Some(uri.replace("https://media.ringcentral.com", "https://p.example/rc")));
    }

    #[test]
    fn a_proxy_that_keeps_the_paths_has_cover_pages() {
        let paths = Service::at("https://p.example/rc/restapi/v1.0/account/~/extension/~/fax").unwrap();
        let list = "https://p.example/rc/restapi/v1.0/dictionary/fax-cover-page?page=1&perPage=100";
        assert_eq!(paths.cover_pages().as_deref(), Some(list));
        assert_eq!(Service::at("https://p.example/fax?tenant=1").unwrap().cover_pages(), None);
    }
}
