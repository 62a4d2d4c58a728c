// The text panel: the content with its variables filled in, through Grafana's sanitiser.
import { renderTextPanelMarkdown, textUtil, type PanelProps } from "@grafana/data";

export function Content({ options, replaceVariables }: PanelProps<any>) {
  const text = replaceVariables(options.content, {}, options.mode === "html" ? "html" : undefined);
  const html = options.mode === "markdown" ? renderTextPanelMarkdown(text) : textUtil.sanitizeTextPanelContent(text);
  return <div className="markdown-html" style={{ height: "100%" }} dangerouslySetInnerHTML={{ __html: html }} />;
}
