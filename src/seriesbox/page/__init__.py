"""The page in the browser, for reports and for servers: one HTML file, whose scripts are the `.js` files beside it."""
