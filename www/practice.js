// For pages that fill in forms and send by themselves: whether the practice service is there, and something to send.

/** What config.json sets a widget up with, where it names the practice service, which dials nobody; nothing elsewhere. */
export async function practice() {
  const response = await fetch(new URL("./config.json", import.meta.url), { cache: "no-store" }).catch(() => undefined);
  const config = response?.ok ? await response.json().catch(() => undefined) : undefined;
  return config?.token === "sandbox" || config?.clientId === "sandbox" ? config : undefined;
}

/** A fax with two recipients and two documents. The numbers are kept for examples and reach nobody. */
export async function exampleFax() {
  return {
    to: [
      { phoneNumber: "+16505550100", name: "Lakeside Clinic, records" },
      { phoneNumber: "+4930901820", name: "Insurance office" },
    ],
    attachments: [letter("Referral letter.pdf"), await scan("Consent form.png")],
    coverPageText: "Two documents follow. Please call us if a page is missing.",
  };
}

/** A letter of one page, as a PDF. */
export function letter(name, lines = ["Dear colleague,", "this page was made by your own browser, to be faxed for practice."]) {
  const shown = lines.map((line) => `(${line.replace(/[()\\]/g, "\\$&")}) Tj T*`).join(" ");
  const content = `BT /F 12 Tf 18 TL 72 760 Td ${shown} ET`;
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
    `<</Length ${content.length}>>stream\n${content}\nendstream`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
  ];
  let text = "%PDF-1.4\n";
  const places = objects.map((object, i) => {
    const place = text.length;
    text += `${i + 1} 0 obj${object}endobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  text += `xref\n0 6\n0000000000 65535 f \n${places.join("")}trailer<</Size 6/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`;
  return new File([text], name, { type: "application/pdf" });
}

/** A letter that asks for a password; there is none that opens it. */
export async function locked(name) {
  const seal = (letter) => letter.repeat(64);
  const encrypted = `/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<${seal("a")}>/U<${seal("b")}>>>/ID[<${seal("c")}><${seal("c")}>]`;
  return new File([(await letter(name).text()).replace("/Root 1 0 R", `/Root 1 0 R${encrypted}`)], name, { type: "application/pdf" });
}

/** A page with lines on it, as a picture. */
export async function scan(name) {
  const page = new OffscreenCanvas(620, 800);
  const pen = page.getContext("2d");
  pen.fillStyle = "#f6f4ef";
  pen.fillRect(0, 0, 620, 800);
  pen.fillStyle = "#3b3f45";
  pen.fillRect(80, 90, 220, 22);
  for (let y = 160; y < 620; y += 34) pen.fillRect(80, y, y % 5 ? 460 : 300, 9);
  pen.fillRect(80, 690, 180, 3);
  return new File([await page.convertToBlob()], name, { type: "image/png" });
}
