import "fax-widget/auto";

const widget = document.querySelector("fax-widget");
widget.server = new URLSearchParams(location.search).get("server");
widget.token = "sandbox";
