// The help desk's page: signs in at the login host, then reads and writes at the API's host with token and cookie.
const { UserManager, WebStorageStateStore } = window.oidc;
const { login, api } = window.settings;
const here = location.origin + location.pathname;
const users = new UserManager({
  authority: login,
  client_id: 'desk',
  redirect_uri: here,
  post_logout_redirect_uri: here,
  scope: 'openid profile',
  userStore: new WebStorageStateStore({ store: window.localStorage }),
});
const at = (id) => document.getElementById(id);
let user = null;

/** Asks the API's host, which is another: each method but GET is asked for beforehand by the browser. */
async function ask(path, method = 'GET', body) {
  const response = await fetch(api + path, {
    method,
    credentials: 'include',
    headers: { authorization: `Bearer ${user.access_token}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return response;
}

async function showTickets() {
  const response = await ask('/tickets?_page=1&_limit=50&_sort=id&_order=desc');
  at('count').value = `${response.headers.get('x-total-count')} tickets`;
  at('tickets').replaceChildren(
    ...(await response.json()).map(({ id, title, state }) => {
      const item = document.createElement('li');
      const button = document.createElement('button');
      item.append(`${title} (${state}) `, button);
      button.textContent = 'Close';
      button.hidden = state === 'closed';
      button.onclick = () => act(() => ask(`/tickets/${id}`, 'PATCH', { state: 'closed' }));
      return item;
    }),
  );
  const { visits } = await (await ask('/visits')).json();
  at('visits').value = `${visits} questions asked`;
}

const act = (what) =>
  what()
    .then(showTickets)
    .catch((error) => {
      at('problem').textContent = error.message;
    });

if (new URLSearchParams(location.search).has('state')) {
  await users.signinCallback().catch((error) => {
    at('problem').textContent = error.message;
  });
  history.replaceState(null, '', here);
}
user = await users.getUser();
at('sign-in').hidden = Boolean(user);
at('sign-out').hidden = at('write').hidden = !user;
at('sign-in').onclick = () => users.signinRedirect();
at('sign-out').onclick = () => users.signoutRedirect();
if (user) {
  const info = await users.metadataService
    .getUserInfoEndpoint()
    .then((url) =>
      fetch(url, { headers: { authorization: `Bearer ${user.access_token}` } }).then((found) => found.json()),
    );
  at('who').value = `Signed in as ${info.name} by ${user.profile.iss}`;
  at('write').onsubmit = (event) => {
    event.preventDefault();
    const { title } = event.target.elements;
    void act(() => ask('/tickets', 'POST', { title: title.value, state: 'open' }));
    title.value = '';
  };
  await act(async () => {});
}
