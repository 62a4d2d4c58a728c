// What Grafana makes of the texts of panels: a JSON list of texts in, the same of what its own sanitiser leaves of each out.

// The package looks for a browser when it is loaded. The sanitiser itself needs none.
globalThis.window = globalThis;
globalThis.location = { href: "http://grafana/", hostname: "grafana", pathname: "/", search: "", origin: "http://grafana" };
globalThis.addEventListener = () => {};
globalThis.document = {
  createElement: () => ({ style: {}, setAttribute() {}, appendChild() {} }),
  querySelector: () => null,
  head: {},
  documentElement: { style: {} },
  addEventListener() {},
};

const { textUtil } = require("@grafana/data");
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => textUtil.sanitizeTextPanelContent(text))));
