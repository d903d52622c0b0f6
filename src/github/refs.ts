import { type Github, pages } from "./api.js";
import { PREVIEW_LABEL } from "./guards.js";

/** Names of all branches of the repository. */
export async function readBranches(github: Github): Promise<string[]> {
  return github.call("list the branches", "contents: read", async () => {
    const read = (page: number) =>
      github.request("GET /repos/{owner}/{repo}/branches", { ...github.repository, per_page: 100, page });
    const names: string[] = [];
    for await (const page of pages(read)) names.push(...page.map(({ name }) => name));
    return names;
  });
}

/** Numbers of the open pull requests that have the label of previews. */
export async function readPreviews(github: Github): Promise<number[]> {
  return github.call("list the pull requests", "pull-requests: read", async () => {
    const route = "GET /repos/{owner}/{repo}/pulls";
    const read = (page: number) => github.request(route, { ...github.repository, state: "open", per_page: 100, page });
    const numbers: number[] = [];
    for await (const page of pages(read)) {
      const labelled = page.filter(({ labels }) => labels.some(({ name }) => name === PREVIEW_LABEL));
      numbers.push(...labelled.map(({ number }) => number));
    }
    return numbers;
  });
}
