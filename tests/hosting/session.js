// nginx asks before each call: may this person fax, and with which token?
export async function faxSession(request, response, { personOf, token }) {
  const person = await personOf(request.headers.cookie); // your own sign-in
  if (!person?.mayFax) return response.writeHead(401).end();
  response.writeHead(204, { "x-fax-token": await token() }).end(); // fetched anew some minutes before it expires
}
