// <script type="module" src="fax-widget/auto.js">: registers <fax-widget>.
import { defineFaxWidget } from "./element.js";

defineFaxWidget();
