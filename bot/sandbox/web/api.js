// The control API of the sandbox (see bot/sandbox): plain JSON over fetch, on this host only.

/** A request that failed; the message is one sentence that can be shown. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

/** Sends `body` as JSON and returns the JSON answer. Raises ApiError, also when the sandbox can't be reached. */
export async function request(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError("The sandbox can't be reached. Is the demo still running in the terminal?", 0);
  }
  const data = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(sentence(data, response.status), response.status);
  return data;
}

function sentence(data, status) {
  const said = data?.error ?? data?.description ?? data?.message;
  return typeof said === "string" && said ? said : `The sandbox answered with an error (${status}).`;
}

const chat = (id) => `/sandbox/chats/${encodeURIComponent(id)}`;

export const api = {
  state: () => request("GET", "/sandbox/state"),
  chat: (id) => request("GET", chat(id)),
  /** Reply keyboard and commands of a chat, without the messages up to `after`. */
  head: (id, after) => request("GET", `${chat(id)}?after=${after}`),
  send: (id, payload) => request("POST", `${chat(id)}/send`, payload),
  click: (id, messageId, data) => request("POST", `${chat(id)}/click`, { message_id: messageId, data }),
  block: (id, blocked) => request("POST", `${chat(id)}/block`, { blocked }),
  addUser: (person) => request("POST", "/sandbox/users", person),
  travel: (to) => request("POST", "/sandbox/clock", { to }),
};

/** Where the bytes of a photo, document or voice note are. */
export const fileUrl = (fileId) => `/sandbox/files/${encodeURIComponent(fileId)}`;
