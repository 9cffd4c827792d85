//! What is kept on the device, as text under a name. Where the browser gives no storage (a frame without its own
//! origin, a setting) or has no room, it is kept for as long as the page lives.

use std::cell::RefCell;

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::sorted::SortedMap;

/// How long something is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keep {
    /// As long as the page lives.
    Page,
    /// As long as the tab lives.
    #[default]
    Session,
    /// Until it is forgotten, in all tabs.
    Device,
}

thread_local! {
    /// What is kept with the page; and under the other two, what their storage had no room for.
    static PAGE: RefCell<SortedMap<(Keep, String), String>> = const { RefCell::new(SortedMap::new()) };
}

/// Put before every name.
const PREFIX: &str = "fax-widget.";

/// The value under a name.
pub fn read(keep: Keep, name: &str) -> Option<String> {
    let name = format!("{PREFIX}{name}");
    // What the storage had no room for is younger than what it holds.
    let in_page = PAGE.with_borrow(|page| page.get(&(keep, name.clone())).cloned());
    in_page.or_else(|| call(keep, "getItem", &[&name])?.as_string())
}

/// The value under a name, parsed.
pub fn read_json(keep: Keep, name: &str) -> Option<JsValue> {
    js_sys::JSON::parse(&read(keep, name)?).ok()
}

/// All names that begin so.
pub fn names(keep: Keep, beginning: &str) -> Vec<String> {
    let beginning = format!("{PREFIX}{beginning}");
    let stored = storage(keep).and_then(|storage| Reflect::own_keys(&storage).ok()).unwrap_or_default();
    let mut names: Vec<String> = stored.iter().filter_map(|name| name.as_string()).collect();
    PAGE.with_borrow(|page| names.extend(page.keys().filter(|(kept, _)| *kept == keep).map(|(_, name)| name.clone())));
    names.retain(|name| name.starts_with(&beginning));
    names.sort();
    names.dedup();
    names.iter().filter_map(|name| name.strip_prefix(PREFIX)).map(str::to_owned).collect()
}

/// Puts a value under a name.
pub fn write(keep: Keep, name: &str, value: &str) {
    let name = format!("{PREFIX}{name}");
    PAGE.with_borrow_mut(|page| match call(keep, "setItem", &[&name, value]) {
        Some(_) => {
            page.remove(&(keep, name));
        }
        None => page.insert((keep, name), value.to_owned()),
    });
}

/// Whether what stands under a name is there for the next page too, and not just for as long as this one lives.
pub fn outlasts(keep: Keep, name: &str) -> bool {
    call(keep, "getItem", &[&format!("{PREFIX}{name}")]).is_some_and(|value| value.is_string())
}

/// Takes a name away.
pub fn remove(keep: Keep, name: &str) {
    let name = format!("{PREFIX}{name}");
    call(keep, "removeItem", &[&name]);
    PAGE.with_borrow_mut(|page| page.remove(&(keep, name)));
}

fn storage(keep: Keep) -> Option<JsValue> {
    let name = match keep {
        Keep::Page => return None,
        Keep::Session => "sessionStorage",
        Keep::Device => "localStorage",
    };
    Reflect::get(&js_sys::global(), &name.into()).ok().filter(JsValue::is_object)
}

/// Calls a method of the storage; `None` where there is none, or it is full.
fn call(keep: Keep, method: &str, values: &[&str]) -> Option<JsValue> {
    let storage = storage(keep)?;
    let method: Function = Reflect::get(&storage, &method.into()).ok()?.dyn_into().ok()?;
    let values: js_sys::Array = values.iter().map(|value| JsValue::from_str(value)).collect();
    method.apply(&storage, &values).ok()
}
