// @ts-check
// A graph that is wider than its box begins where the page's own version is in sight.
const own = document.querySelector(".graph .here");
const box = own?.closest(".graph");
if (own && box) {
  const place = own.getBoundingClientRect();
  const seen = box.getBoundingClientRect();
  if (place.right > seen.right) box.scrollLeft = place.left - seen.left - (seen.width - place.width) / 2;
}
