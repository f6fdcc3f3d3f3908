"""What the standard tables and columns are called elsewhere, in English and Chinese: for proposals only."""

from __future__ import annotations

import re

from helpers.settings.source import TableName

#: Table -> words in file, sheet or table names.
TABLE_WORDS: dict[TableName, tuple[str, ...]] = {
    "order_lines": ("orderlines", "orderline", "orderdetails", "salesdetails", "sales", "orders",
        "销售明细", "订单明细", "销售", "订单",
        "orderlist", "salesledger", "salesexport", "transactions", "销售流水", "流水", "出库", "发货明细"),
    "customers": ("customers", "customer", "clients", "accounts", "resellers", "dealers", "客户",
        "客户资料", "客户档案",
        "客户清单", "客户列表", "customerlist", "customermaster"),
    "products": ("products", "product", "items", "articles", "materials", "产品", "商品", "物料"),
    "salespeople": ("salespeople", "salesperson", "salesreps", "reps", "employees", "业务员", "销售员",
        "员工"),
    "targets": ("targets", "target", "quota", "quotas", "budget", "plan", "目标", "销售目标"),
    "invoices": ("invoices", "invoice", "receivables", "发票", "应收", "应收账款"),
    "payments": ("payments", "payment", "receipts", "付款", "收款", "回款"),
    "interactions": ("interactions", "visits", "contacts", "calls", "activities", "拜访", "联系", "回访"),
    "complaints": ("complaints", "complaint", "tickets", "claims", "投诉"),
    "surveys": ("surveys", "survey", "satisfaction", "nps", "调查", "满意度"),
    "wallet_evidence": ("wallet", "walletevidence", "potential", "总采购", "采购潜力"),
    "prospects": ("prospects", "prospect", "leads", "enquiries", "inquiries", "潜在客户", "询价"),
}  # fmt: skip

#: Standard column -> other names of it, as :func:`plain` writes them.
COLUMN_WORDS: dict[str, tuple[str, ...]] = {
    "order_id": ("orderid", "orderno", "ordernumber", "order", "invoice", "invoiceno",
        "salesordernumber", "documentno", "订单编号", "订单号", "单号", "销售单号", "单据编号",
        "docno", "docnumber", "invoicenumber", "orderref", "reference", "salesorder", "单据号", "发货单号", "出库单号"),
    "order_date": ("orderdate", "date", "invoicedate", "salesdate", "documentdate", "订单日期",
        "下单日期", "销售日期", "日期",
        "docdate", "postingdate", "purchasedate", "orderedon", "单据日期", "出库日期", "发货日期", "开单日期"),
    "customer_id": ("customerid", "customerno", "customernumber", "customer", "customerkey", "clientid",
        "accountid", "resellerkey", "custid", "custno", "客户编号", "客户号", "客户代码", "客户编码",
        "客户id",
        "custcode", "customercode", "clientno", "accountno", "debtorno", "soldto", "往来单位编码",
        "购货单位编码"),
    "line_no": ("lineno", "linenumber", "line", "orderlinenumber", "salesorderlinenumber", "position",
        "行号", "序号", "项次"),
    "product_id": ("productid", "productno", "productcode", "productkey", "product", "sku", "stockcode",
        "itemno", "article", "materialno", "产品编号", "商品编号", "产品代码", "商品编码", "物料编码",
        "货号",
        "itemcode", "itemnumber", "articleno", "partno", "货品编号", "货品编码", "存货编码", "产品编码", "商品代码"),
    "quantity": ("quantity", "qty", "orderquantity", "quantityordered", "units", "pieces", "数量",
        "销售数量", "订货数量",
        "amountordered", "pcs", "数量件", "发货数量", "出库数量"),
    "net_amount": ("netamount", "amount", "salesamount", "net", "netsales", "linetotal", "total",
        "revenue", "turnover", "金额", "销售金额", "净额", "销售额", "不含税金额",
        "saleamount", "netvalue", "linevalue", "linenet", "netpricetotal", "salesvalue", "amountnet", "销售净额",
        "成交金额", "价税合计", "未税金额"),
    "list_amount": ("listamount", "extendedamount", "grossamount", "listtotal", "标价金额", "原价金额"),
    "cost_amount": ("costamount", "cost", "totalcost", "totalproductcost", "成本", "成本金额",
        "销售成本",
        "costvalue", "成本合计"),
    "currency": ("currency", "currencycode", "币种", "货币"),
    "salesperson_id": ("salespersonid", "salesperson", "salesrep", "salesrepid", "rep", "employeekey",
        "employeeid", "业务员", "业务员编号", "销售员", "销售员编号",
        "salesman", "accountmanager", "owner", "业务员姓名", "业务经理", "客户经理"),
    "enquiry_date": ("enquirydate", "inquirydate", "询价日期"),
    "channel": ("channel", "saleschannel", "渠道", "销售渠道"),
    "name": ("name", "customername", "resellername", "productname", "englishproductname", "company",
        "companyname", "description", "fullname", "客户名称", "产品名称", "商品名称", "名称", "姓名",
        "clientname", "accountname", "itemname", "客户全称", "客户简称", "货品名称", "存货名称", "往来单位"),
    "trade_class": ("tradeclass", "businesstype", "customertype", "customerclass", "segment", "业种",
        "客户类型", "行业类别",
        "tradetype", "channeltype", "customergroup", "客户分类", "客户类别", "渠道类型"),
    "region": ("region", "territory", "country", "area", "state", "地区", "区域", "国家", "省份",
        "district", "所属区域", "所属地区", "销售区域", "省市"),
    "industry": ("industry", "sector", "行业"),
    "size_class": ("sizeclass", "size", "companysize", "规模", "企业规模"),
    "acquisition_source": ("acquisitionsource", "leadsource", "客户来源", "来源"),
    "first_contact_date": ("firstcontactdate", "firstcontact", "created", "首次接触日期", "首次联系日期",
        "建档日期"),
    "credit_limit": ("creditlimit", "信用额度", "信用限额",
        "creditline", "授信额度"),
    "interest_level": ("interestlevel", "interest", "关心程度", "兴趣程度"),
    "parent_id": ("parentid", "parent", "parentcustomer", "上级客户", "母公司"),
    "valid_from": ("validfrom", "effectivefrom", "since", "生效日期"),
    "category": ("category", "productcategory", "productline", "类别", "产品类别", "商品类别",
        "投诉类别"),
    "offering_role": ("offeringrole", "role", "产品角色"),
    "launch_date": ("launchdate", "startdate", "上市日期"),
    "stock": ("stock", "quantityinstock", "inventory", "库存", "库存数量"),
    "stock_date": ("stockdate", "countedon", "inventorydate", "库存日期", "盘点日期"),
    "team": ("team", "department", "团队", "部门"),
    "period": ("period", "month", "quarter", "期间", "月份"),
    "scope_type": ("scopetype", "范围类型"),
    "scope_id": ("scopeid", "范围"),
    "metric": ("metric", "kpi", "指标"),
    "target": ("target", "quota", "salesamountquota", "budget", "目标", "目标额"),
    "recorded_at": ("recordedat", "targetset", "seton", "目标制定日期", "下达日期"),
    "invoice_id": ("invoiceid", "invoiceno", "invoicenumber", "发票号", "发票编号"),
    "invoice_date": ("invoicedate", "发票日期", "开票日期"),
    "due_date": ("duedate", "到期日", "应付日期", "到期日期"),
    "amount": ("amount", "invoiceamount", "invoicedamount", "paidamount", "paymentamount", "金额",
        "发票金额", "付款金额", "收款金额"),
    "payment_date": ("paymentdate", "settleddate", "paiddate", "付款日期", "收款日期", "回款日期"),
    "date": ("date", "visitdate", "contactdate", "surveydate", "日期", "拜访日期", "调查日期"),
    "kind": ("kind", "type", "activity", "类型", "联系方式"),
    "contact_role": ("contactrole", "联系人角色"),
    "topic": ("topic", "subject", "主题"),
    "outcome": ("outcome", "result", "结果"),
    "opened_at": ("openedat", "opened", "complaintdate", "投诉时间", "投诉日期"),
    "severity": ("severity", "priority", "严重程度"),
    "first_response_at": ("firstresponseat", "firstresponse", "首次回复时间"),
    "resolved_at": ("resolvedat", "resolved", "closed", "解决时间"),
    "score": ("score", "rating", "得分", "评分"),
    "scale_min": ("scalemin", "最低分"),
    "scale_max": ("scalemax", "最高分"),
    "question": ("question", "问题"),
    "as_of": ("asof", "截至日期"),
    "annual_purchases": ("annualpurchases", "annualspend", "年采购额"),
    "method": ("method", "方法"),
    "prospect_id": ("prospectid", "leadid", "潜在客户编号"),
    "source": ("source", "leadsource", "来源"),
    "grade": ("grade", "leadgrade", "等级"),
    "converted_customer_id": ("convertedcustomerid", "转化客户编号"),
    "converted_date": ("converteddate", "转化日期"),
}  # fmt: skip

#: Names of a customer's name: what lines tell customers apart by where they have no number.
CUSTOMER_NAME_WORDS = ("customername", "clientname", "accountname", "resellername", "buyer", "buyername", "company",
    "companyname", "partyname", "party", "particulars", "kunde", "kundenname", "client", "cliente", "客户", "客户名称",
    "客户全称", "客户简称", "往来单位", "往来单位名称", "购货单位", "得意先名")  # fmt: skip

#: Names of a price for one unit, from which a missing amount can be derived.
UNIT_PRICE_WORDS = ("price", "unitprice", "priceeach", "salesprice", "单价", "销售单价")

#: What in brackets after a name tells the currency of amounts: word -> code.
CURRENCY_MARKS = {
    "元": "CNY", "人民币": "CNY", "rmb": "CNY", "cny": "CNY", "eur": "EUR", "€": "EUR", "usd": "USD", "gbp": "GBP",
    "£": "GBP", "chf": "CHF", "jpy": "JPY",
}  # fmt: skip


def plain(name: str) -> str:
    """Give a name without case, blanks, punctuation, and what stands in brackets at its end (a unit)."""
    bare = _UNIT.sub("", name)
    return re.sub(r"[\W_]+", "", bare or name).lower()


def unit(name: str) -> str:
    """Give what stands in brackets at the end of a name; empty where nothing does."""
    found = _UNIT.search(name)
    return found[1].strip().lower() if found else ""


_UNIT = re.compile(r"\s*[(（\[]([^()（）\[\]]*)[)）\]]\s*$")
