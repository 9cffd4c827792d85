// What the types do not let through. tsc fails where one of these is right after all.

// @ts-expect-error: no such view
export const view = <fax-widget view="inbox" />;
// @ts-expect-error: no number
export const cover = <fax-widget coverIndex={{}} />;
// @ts-expect-error: a message is handed over as an event
export const accepted = <fax-widget onfax-accepted={(message: string) => message} />;
// A method is called, and not set.
// @ts-expect-error
export const addFiles = <fax-widget addFiles={() => undefined} />;
// @ts-expect-error
export const submit = <fax-widget submit={async () => ({}) as never} />;
// @ts-expect-error
export const resend = <fax-widget resend={async () => ({}) as never} />;
// @ts-expect-error
export const renderPages = <fax-widget renderPages={async () => ({}) as never} />;
// @ts-expect-error
export const cancel = <fax-widget cancel={() => undefined} />;
// @ts-expect-error
export const reset = <fax-widget reset={() => undefined} />;
// @ts-expect-error: no such property
export const nothing = <fax-widget recipients="+16505550100" />;
