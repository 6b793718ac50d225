// A classic script in <head>, so that the first paint already has the chosen theme.
(function () {
  const KEY = "compagnon.theme";
  const stored = function () {
    try { return localStorage.getItem(KEY); } catch { return null; }
  };
  const apply = function (theme) {
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  };
  apply(stored());
  window.compagnonTheme = {
    /** "light", "dark" or "auto". */
    get: function () { return document.documentElement.dataset.theme || "auto"; },
    set: function (theme) {
      apply(theme);
      try {
        if (theme === "auto") localStorage.removeItem(KEY);
        else localStorage.setItem(KEY, theme);
      } catch { /* private mode: the choice lasts as long as the page */ }
    },
  };
})();
