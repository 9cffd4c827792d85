//! Who may ask, from where, what is served to them, and what is not written down.

use std::process::Command;
use std::time::Duration;

use serde_json::json;

use crate::support::{FAX, JSON, MESSAGES, Outcome, Sandbox, form_data, parts, request};

#[track_caller]
fn status(sandbox: &Sandbox, host: &str, path: &str) -> u16 {
    let bytes = request("GET", path, host, &["Authorization: Bearer sandbox"], b"");
    match sandbox.exchange(&bytes, Duration::from_secs(5)) {
        Outcome::Answered(reply) => reply.status,
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_loopback_names() {
    let sandbox = Sandbox::start();
    for path in ["/inbox", "/inbox.json", MESSAGES, "/config.json"] {
        for host in ["Host: localhost", "Host: 127.0.0.1:8787", "Host: [::1]:8787", "Host: LocalHost:1"] {
            assert_eq!(status(&sandbox, host, path), 200, "{host} {path}");
        }
        for host in ["Host: evil.example", "Host: 127.0.0.1.evil.example:8787", "Host: 10.0.0.1", "X-No-Host: 1"] {
            assert_eq!(status(&sandbox, host, path), 421, "{host} {path}");
        }
    }
    let public = Sandbox::with(&["--public"]);
    assert_eq!(status(&public, "Host: fax.example", "/inbox"), 200);
}

#[test]
fn other_addresses_are_opt_in() {
    let output = Command::new(env!("CARGO_BIN_EXE_fax-sandbox")).args(["--listen", "0.0.0.0:0"]).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("--public"));
    let help = Command::new(env!("CARGO_BIN_EXE_fax-sandbox")).arg("--help").output().unwrap();
    assert!(help.status.success() && String::from_utf8(help.stdout).unwrap().contains("Nothing is dialled"));
}

#[test]
fn any_origin_may_call_the_api() {
    let sandbox = Sandbox::start();
    let origin = "Origin: https://app.example";
    let asked = ["Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization", origin];
    let preflight = sandbox.request("OPTIONS", FAX, &asked, b"");
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-origin"), Some("https://app.example"));
    assert!(preflight.header("access-control-allow-methods").unwrap().contains("POST"));
    let allowed = preflight.header("access-control-allow-methods").unwrap();
    assert!(allowed.contains("DELETE"), "{allowed}");
    for name in ["authorization", "content-type", "range"] {
        assert!(preflight.header("access-control-allow-headers").unwrap().contains(name));
    }
    for headers in [&[origin][..], &[origin, "Authorization: Bearer sandbox"]] {
        let reply = sandbox.request("GET", MESSAGES, headers, b"");
        assert_eq!(reply.header("access-control-allow-origin"), Some("https://app.example"));
        let exposed = reply.header("access-control-expose-headers").unwrap();
        assert!(exposed.contains("Content-Disposition") && exposed.contains("Content-Range"), "{exposed}");
        assert!(!exposed.contains("Retry-After"), "{exposed}");
        assert_eq!(reply.header("vary"), Some("Origin"));
    }
    let delete = sandbox.request("DELETE", &format!("{MESSAGES}/1"), &[origin, "Authorization: Bearer sandbox"], b"");
    assert_eq!((delete.status, delete.header("access-control-allow-origin")), (404, Some("https://app.example")));
    for path in ["/inbox", "/inbox.json", "/requests.json", "/restapi/v1.0/nowhere"] {
        assert_eq!(sandbox.request("GET", path, &[origin], b"").header("access-control-allow-origin"), None);
    }
}

#[test]
fn the_site() {
    let site = tempfile::TempDir::new().unwrap();
    let write = |name: &str, text: &str| std::fs::write(site.path().join(name), text).unwrap();
    write("index.html", "<!doctype html>");
    std::fs::create_dir(site.path().join("fax-widget")).unwrap();
    for name in ["a.js", "a.wasm", "font"] {
        write(&format!("fax-widget/{name}"), name);
    }
    write("a.js", "js");
    write("a.js.br", "br");
    write("embed.html", "<!doctype html>");
    let sandbox = Sandbox::with(&["--site", site.path().to_str().unwrap()]);
    for path in ["/", "/index.html"] {
        let page = sandbox.get(path);
        assert_eq!((page.status, page.text().as_str()), (200, "<!doctype html>"));
        assert!(page.header("content-type").unwrap().starts_with("text/html"));
        assert!(page.header("content-security-policy").unwrap().contains("script-src 'self' 'wasm-unsafe-eval'"));
        assert!(page.header("content-security-policy").unwrap().ends_with("frame-ancestors 'self'"));
        assert_eq!(page.header("cache-control"), Some("no-cache"));
    }
    let framed = sandbox.get("/embed.html");
    let ancestors = "frame-ancestors 'self' http://127.0.0.1:* http://localhost:*";
    assert!(framed.header("content-security-policy").unwrap().ends_with(ancestors));
    let wasm = sandbox.get("/fax-widget/a.wasm");
    assert_eq!(wasm.header("content-type"), Some("application/wasm"));
    assert_eq!(wasm.header("content-security-policy"), None);
    let brotli = sandbox.request("GET", "/a.js", &["Accept-Encoding: br"], b"");
    assert_eq!((brotli.header("content-encoding"), brotli.text().as_str()), (Some("br"), "br"));
    // A page of another site may load the widget, down to the fonts of its pages, and nothing else.
    for name in ["a.js", "a.wasm", "font"] {
        let file = sandbox.get(&format!("/fax-widget/{name}"));
        assert_eq!((file.text().as_str(), file.header("access-control-allow-origin")), (name, Some("*")));
    }
    for path in ["/", "/a.js", "/embed.html", "/config.json", "/embedders.json"] {
        assert_eq!(sandbox.get(path).header("access-control-allow-origin"), None, "{path}");
    }
    assert_eq!(sandbox.get("/none").status, 404);
    assert_eq!(sandbox.get("/../store.sqlite").status, 404);

    let config = sandbox.get("/config.json");
    assert_eq!(config.json(), json!({"server": format!("http://{}", sandbox.address), "token": "sandbox"}));
    assert_eq!(config.header("cache-control"), Some("no-store"));
    assert_eq!(sandbox.get("/embedders.json").json(), json!(["http://127.0.0.1:*", "http://localhost:*"]));
}

#[test]
fn the_log_names_nobody() {
    let mut sandbox = Sandbox::start();
    let envelope = br#"{"to":[{"phoneNumber":"+16505550123","name":"Secret Name"}],"coverPageText":"Secret Text"}"#;
    let file = "Content-Disposition: form-data; name=\"a\"; filename=\"SecretFile.txt\"";
    let content_type = format!("Content-Type: {}", form_data());
    for token in ["sandbox", "secret-token"] {
        let headers = [&format!("Authorization: Bearer {token}"), content_type.as_str()];
        sandbox.request("POST", FAX, &headers, &parts(&[(JSON, envelope), (file, b"secret content")]));
    }
    sandbox.get(&format!("{MESSAGES}?phoneNumber=%2B16505550123"));
    sandbox.get("/inbox?q=16505550123");
    sandbox.get("/16505550123");
    sandbox.get("/restapi/v1.0/16505550123");
    sandbox.get("/inbox/16505550123/16505550123");
    sandbox.get("/restapi/v1.0/account/16505550123/extension/16505550123/message-store/16505550123");
    sandbox.terminate();
    let log = sandbox.log();
    for secret in ["650555", "ecret", "sandbox\"", "Bearer"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
    assert!(log.starts_with("fax-sandbox: nothing is dialled"));
    assert!(log.contains("POST /restapi/v1.0/account/{account}/extension/{extension}/fax 200\n"), "{log}");
    assert!(log.contains("/fax 401\n"));
}
