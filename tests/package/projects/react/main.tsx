import { StrictMode, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { defineFaxWidget, type FaxMessage, type FaxWidgetElement } from "fax-widget";

defineFaxWidget();

// One function for good: another at every render would be another source of tokens.
const tokenProvider = async () => "sandbox";

/** A fax form as a component: it takes properties, tells of events and hands out the element. */
function FaxForm({ server, onAccepted }: { server: string; onAccepted: (message: FaxMessage) => void }) {
  const element = useRef<FaxWidgetElement>(null);
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    if (isReady) element.current?.addFiles([new File(["From an effect"], "effect.txt")]);
  }, [isReady]);
  return (
    <fax-widget
      ref={element}
      className="fax"
      server={server}
      tokenProvider={tokenProvider}
      coverIndex={0}
      onfax-ready={() => setReady(true)}
      onfax-accepted={(event) => onAccepted(event.detail)}
    />
  );
}

function App() {
  const [accepted, setAccepted] = useState<FaxMessage>();
  return (
    <main>
      <FaxForm server={new URLSearchParams(location.search).get("server") ?? ""} onAccepted={setAccepted} />
      <output>{accepted?.id}</output>
    </main>
  );
}

const root = document.querySelector("#root");
if (root) createRoot(root).render(<StrictMode><App /></StrictMode>);
