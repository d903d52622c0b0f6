import { type Github, pages } from "./api.js";
import { isMarked, type Section, withSection } from "./comment.js";

type Comment = { id: number; body: string };

/**
 * Puts a section into our one comment of a pull request, making it when there is none. Every attempt looks first, so
 * that a request whose answer was lost leaves no second comment.
 */
export async function writeComment(github: Github, number: number, section: Section): Promise<void> {
  await github.call(`comment on pull request ${number}`, "pull-requests: write", async () => {
    const found = await findComment(github, number);
    const body = withSection(found?.body ?? null, section);
    if (found === null) {
      const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
      await github.request(route, { ...github.repository, issue_number: number, body });
    } else if (found.body !== body) {
      const route = "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}";
      await github.request(route, { ...github.repository, comment_id: found.id, body });
    }
  });
}

/** The oldest comment that begins with our marker and that a bot wrote: anybody can type a marker. */
async function findComment(github: Github, number: number): Promise<Comment | null> {
  const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/comments";
  const read = (page: number) =>
    github.request(route, { ...github.repository, issue_number: number, per_page: 100, page });
  for await (const page of pages(read)) {
    for (const { id, user, body = "" } of page) {
      if (user?.type === "Bot" && isMarked(body)) return { id: Number(id), body };
    }
  }
  return null;
}
