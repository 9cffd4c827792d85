// Importing it registers <fax-widget>; there is nothing to be had from it.
import "./index.js";
