//! Where the fax service is: base, account and extension, or one full address for a proxy.

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

    /// The list of cover pages; `None` behind a proxy with paths of its own.
    #[must_use]
    pub fn cover_pages(&self) -> Option<String> {
        let root = self.root.as_ref()?;
        Some(format!("{root}/restapi/v1.0/dictionary/fax-cover-page?page=1&perPage=100"))
    }
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
    fn a_proxy_that_keeps_the_paths_has_cover_pages() {
        let paths = Service::at("https://p.example/rc/restapi/v1.0/account/~/extension/~/fax").unwrap();
        let list = "https://p.example/rc/restapi/v1.0/dictionary/fax-cover-page?page=1&perPage=100";
        assert_eq!(paths.cover_pages().as_deref(), Some(list));
        assert_eq!(Service::at("https://p.example/fax?tenant=1").unwrap().cover_pages(), None);
    }
}
