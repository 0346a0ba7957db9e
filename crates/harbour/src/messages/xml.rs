//! XML dialects: Cargo-XML waybills, WCO declarations, EU ENS and ICS2, ASYCUDA World. Elements
//! are written by hand in the order of each dialect's schema; texts are escaped.

use super::{air_waybill, airport, by_master, day_of, from_country, minute_of};
use crate::row::Row;

/// A document that is being written.
struct Tree(String);

impl Tree {
    fn new() -> Tree {
        Tree("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned())
    }

    /// An element with a text; none where the text is empty.
    fn leaf(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let end = name.split(' ').next().unwrap_or(name);
        self.0.push_str(&format!("<{name}>"));
        for c in text.chars() {
            match c {
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '&' => self.0.push_str("&amp;"),
                c if c.is_control() => self.0.push(' '),
                c => self.0.push(c),
            }
        }
        self.0.push_str(&format!("</{end}>"));
    }

    fn figure(&mut self, name: &str, figure: Option<impl ToString>) {
        self.leaf(name, &figure.map(|figure| figure.to_string()).unwrap_or_default());
    }

    /// An element with what `within` writes.
    fn within(&mut self, name: &str, within: impl FnOnce(&mut Tree)) {
        let end = name.split(' ').next().unwrap_or(name);
        self.0.push_str(&format!("<{name}>\n"));
        within(self);
        self.0.push_str(&format!("</{end}>\n"));
    }

    fn end(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

fn money(row: &Row) -> String {
    row.item_value.map(|value| value.to_string()).unwrap_or_default()
}

fn issued(row: &Row) -> &str {
    row.lodged_at.get(..19).unwrap_or_default()
}

fn waybill(row: &Row) -> String {
    let (prefix, serial) = air_waybill(row).unwrap_or(("000", "00000000"));
    format!("{prefix}-{serial}")
}

fn air_party(tree: &mut Tree, element: &str, (id, name, address, country): Named<'_>, phone: &str) {
    tree.within(element, |tree| {
        tree.leaf("ram:PrimaryID", id);
        tree.leaf("ram:Name", name);
        tree.within("ram:PostalStructuredAddress", |tree| {
            tree.leaf("ram:StreetName", address);
            tree.leaf("ram:CountryID", country);
        });
        if !phone.is_empty() {
            tree.within("ram:DefinedTradeContact", |tree| {
                tree.within("ram:DirectTelephoneCommunication", |tree| {
                    tree.leaf("ram:CompleteNumber", phone);
                });
            });
        }
    });
}

/// Number, name, address and country of a party.
type Named<'a> = (&'a str, &'a str, &'a str, &'a str);

fn consignor(row: &Row) -> Named<'_> {
    (&row.consignor_id, &row.consignor_name, &row.consignor_address, from_country(row))
}

fn consignee(row: &Row) -> Named<'_> {
    (&row.consignee_id, &row.consignee_name, &row.consignee_address, &row.destination_country)
}

fn air_head(tree: &mut Tree, kind: &str, id: &str, row: &Row) {
    tree.within("rsm:MessageHeaderDocument", |tree| {
        tree.leaf("ram:ID", id);
        tree.leaf("ram:TypeCode", kind);
        tree.leaf("ram:IssueDateTime", issued(row));
        tree.leaf("ram:PurposeCode", "Creation");
    });
}

fn air_item(tree: &mut Tree, element: &str, row: &Row) {
    tree.within(element, |tree| {
        tree.leaf("ram:SequenceNumeric", "1");
        tree.leaf("ram:TypeCode", &row.hs_code);
        tree.figure("ram:GrossWeightMeasure unitCode=\"KGM\"", row.gross_mass_kg);
        tree.figure("ram:PieceQuantity", row.packages);
        tree.within("ram:NatureIdentificationTransportCargo", |tree| {
            tree.leaf("ram:Identification", &row.description);
        });
        if !row.origin_country.is_empty() {
            tree.within("ram:OriginCountry", |tree| tree.leaf("ram:ID", &row.origin_country));
        }
    });
}

fn air_places(tree: &mut Tree, row: &Row) {
    for (element, place) in [
        ("ram:OriginLocation", &row.loading_port),
        ("ram:FinalDestinationLocation", &row.discharge_port),
    ] {
        tree.within(element, |tree| tree.leaf("ram:ID", airport(place)));
    }
}

/// An air waybill.
pub(super) fn xfwb(rows: &[&Row]) -> Vec<u8> {
    let mut tree = Tree::new();
    let Some(row) = rows.first() else { return tree.end() };
    let space = "rsm:Waybill xmlns:rsm=\"iata:waybill:1\" xmlns:ram=\"iata:datamodel:3\"";
    tree.within(space, |tree| {
        air_head(tree, "740", &waybill(row), row);
        tree.within("rsm:BusinessHeaderDocument", |tree| tree.leaf("ram:ID", &waybill(row)));
        tree.within("rsm:MasterConsignment", |tree| {
            let gross = "ram:IncludedTareGrossWeightMeasure unitCode=\"KGM\"";
            tree.figure(gross, row.gross_mass_kg);
            tree.figure("ram:TotalPieceQuantity", row.packages);
            air_party(tree, "ram:ConsignorParty", consignor(row), "");
            air_party(tree, "ram:ConsigneeParty", consignee(row), &row.consignee_phone);
            air_places(tree, row);
            tree.within("ram:ApplicableRating", |tree| {
                air_item(tree, "ram:IncludedMasterConsignmentItem", row);
            });
        });
    });
    tree.end()
}

/// A house waybill under its master.
pub(super) fn xfzb(rows: &[&Row]) -> Vec<u8> {
    let mut tree = Tree::new();
    let Some(row) = rows.first() else { return tree.end() };
    let space = "rsm:HouseWaybill xmlns:rsm=\"iata:housewaybill:1\" xmlns:ram=\"iata:datamodel:3\"";
    tree.within(space, |tree| {
        air_head(tree, "703", &row.house_bill, row);
        tree.within("rsm:BusinessHeaderDocument", |tree| tree.leaf("ram:ID", &row.house_bill));
        tree.within("rsm:MasterConsignment", |tree| {
            tree.within("ram:TransportContractDocument", |tree| {
                tree.leaf("ram:ID", &waybill(row));
            });
            tree.within("ram:IncludedHouseConsignment", |tree| {
                tree.leaf("ram:ID", &row.house_bill);
                let gross = "ram:IncludedTareGrossWeightMeasure unitCode=\"KGM\"";
                tree.figure(gross, row.gross_mass_kg);
                tree.figure("ram:TotalPieceQuantity", row.packages);
                air_party(tree, "ram:ConsignorParty", consignor(row), "");
                air_party(tree, "ram:ConsigneeParty", consignee(row), &row.consignee_phone);
                air_places(tree, row);
                air_item(tree, "ram:IncludedHouseConsignmentItem", row);
            });
        });
    });
    tree.end()
}

fn wco_party(tree: &mut Tree, element: &str, (id, name, address, country): Named<'_>, phone: &str) {
    tree.within(element, |tree| {
        tree.leaf("Name", name);
        tree.leaf("ID", id);
        tree.within("Address", |tree| {
            tree.leaf("CountryCode", country);
            tree.leaf("Line", address);
        });
        if !phone.is_empty() {
            tree.within("Communication", |tree| tree.leaf("ID", phone));
        }
    });
}

fn mode(row: &Row) -> &'static str {
    match row.transport.as_str() {
        "sea" => "1",
        "road" => "3",
        "air" => "4",
        _ => "5",
    }
}

/// A declaration of the WCO data model.
pub(super) fn wco_dec(rows: &[&Row]) -> Vec<u8> {
    let mut tree = Tree::new();
    let Some(row) = rows.first() else { return tree.end() };
    let kind = match row.direction.as_str() {
        "export" => "EXA",
        "transit" | "transhipment" => "TRA",
        _ => "IMA",
    };
    tree.within("Declaration xmlns=\"urn:wco:datamodel:WCO:DEC-DMS:2\"", |tree| {
        tree.leaf("FunctionCode", "9");
        tree.leaf("FunctionalReferenceID", &row.declaration_id);
        tree.within("IssueDateTime", |tree| {
            tree.leaf("DateTimeString formatCode=\"304\"", &format!("{}00", minute_of(row)));
        });
        tree.leaf("TypeCode", kind);
        tree.within("BorderTransportMeans", |tree| tree.leaf("ModeCode", mode(row)));
        tree.within("Declarant", |tree| {
            tree.leaf("Name", &row.declarant_name);
            tree.leaf("ID", &row.declarant_id);
        });
        tree.within("PresentationOffice", |tree| tree.leaf("ID", &row.office));
        wco_party(tree, "Exporter", consignor(row), "");
        tree.within("GoodsShipment", |tree| {
            wco_party(tree, "Consignee", consignee(row), &row.consignee_phone);
            tree.within("Consignment", |tree| {
                tree.within("LoadingLocation", |tree| tree.leaf("ID", &row.loading_port));
                if !row.container_no.is_empty() {
                    tree.within("TransportEquipment", |tree| {
                        tree.leaf("ID", &row.container_no);
                        if !row.seal_no.is_empty() {
                            tree.within("Seal", |tree| tree.leaf("ID", &row.seal_no));
                        }
                    });
                }
                if !row.house_bill.is_empty() {
                    tree.within("TransportContractDocument", |tree| {
                        tree.leaf("ID", &row.house_bill);
                    });
                }
                for port in row.transit_ports.split_whitespace() {
                    tree.within("Itinerary", |tree| {
                        tree.leaf("RoutingCountryCode", port.get(..2).unwrap_or_default());
                    });
                }
                tree.within("UnloadingLocation", |tree| tree.leaf("ID", &row.discharge_port));
            });
            tree.within("Destination", |tree| tree.leaf("CountryCode", &row.destination_country));
            tree.within("ExportCountry", |tree| tree.leaf("ID", &row.departure_country));
            tree.within("GovernmentAgencyGoodsItem", |tree| {
                tree.leaf("SequenceNumeric", "1");
                let value = format!("StatisticalValueAmount currencyID=\"{}\"", row.currency);
                tree.leaf(&value, &money(row));
                tree.within("Commodity", |tree| {
                    tree.leaf("Description", &row.description);
                    if !row.hs_code.is_empty() {
                        tree.within("Classification", |tree| {
                            tree.leaf("ID", &row.hs_code);
                            tree.leaf("IdentificationTypeCode", "TSP");
                        });
                    }
                    tree.within("GoodsMeasure", |tree| {
                        let gross = "GrossMassMeasure unitCode=\"KGM\"";
                        tree.figure(gross, row.gross_mass_kg);
                        tree.figure("NetNetWeightMeasure unitCode=\"KGM\"", row.net_mass_kg);
                    });
                });
                if !row.origin_country.is_empty() {
                    tree.within("Origin", |tree| tree.leaf("CountryCode", &row.origin_country));
                }
                tree.within("Packaging", |tree| {
                    tree.figure("QuantityQuantity", row.packages);
                    tree.leaf("TypeCode", &row.package_type);
                });
            });
            if !row.previous_declaration.is_empty() {
                tree.within("PreviousDocument", |tree| {
                    tree.leaf("ID", &row.previous_declaration);
                    tree.leaf("TypeCode", "IM");
                });
            }
        });
    });
    tree.end()
}

/// An entry summary declaration.
pub(super) fn ens(rows: &[&Row]) -> Vec<u8> {
    let mut tree = Tree::new();
    let Some(row) = rows.first() else { return tree.end() };
    tree.within("CC315A", |tree| {
        tree.leaf("MesSenMES3", &row.declarant_id);
        tree.leaf("MesIdeMES19", &row.declaration_id);
        tree.within("HEAHEA", |tree| {
            tree.leaf("RefNumHEA4", &row.declaration_id);
            tree.leaf("TraModAtBorHEA76", mode(row));
            tree.figure("TotNumOfPacHEA306", row.packages);
            tree.figure("TotGroMasHEA307", row.gross_mass_kg);
            tree.leaf("ConRefNumHEA", &row.carrier_id);
            tree.leaf("PlaLoaGOOITE334", &row.loading_port);
            tree.leaf("PlaUnlGOOITE334", &row.discharge_port);
            tree.leaf("DecDatTimHEA114", &minute_of(row));
        });
        let (id, name, address, country) = consignor(row);
        tree.within("TRACONCO1", |tree| {
            tree.leaf("NamCO17", name);
            tree.leaf("StrAndNumCO122", address);
            tree.leaf("CouCO125", country);
            tree.leaf("TINCO159", id);
        });
        let (id, name, address, country) = consignee(row);
        tree.within("TRACONCE1", |tree| {
            tree.leaf("NamCE17", name);
            tree.leaf("StrAndNumCE122", address);
            tree.leaf("CouCE125", country);
            tree.leaf("TINCE159", id);
        });
        tree.within("GOOITEGDS", |tree| {
            tree.leaf("IteNumGDS7", "1");
            tree.leaf("GooDesGDS23", &row.description);
            tree.figure("GroMasGDS46", row.gross_mass_kg);
            if !row.hs_code.is_empty() {
                tree.within("COMCODGODITM", |tree| tree.leaf("ComNomCMD1", &row.hs_code));
            }
            if !row.container_no.is_empty() {
                tree.within("CONNR2", |tree| tree.leaf("ConNumNR21", &row.container_no));
            }
            tree.within("PACGS2", |tree| {
                tree.leaf("KinOfPacGS23", &row.package_type);
                tree.figure("NumOfPacGS24", row.packages);
            });
        });
        for port in row.transit_ports.split_whitespace() {
            tree.within("ITI", |tree| {
                tree.leaf("CouOfRouCodITI1", port.get(..2).unwrap_or_default());
            });
        }
        if !row.seal_no.is_empty() {
            tree.within("SEAID529", |tree| tree.leaf("SeaIdSEAID530", &row.seal_no));
        }
        tree.within("CUSOFFFENT730", |tree| tree.leaf("RefNumCUSOFFFENT731", &row.office));
    });
    tree.end()
}

/// Express consignments at house level, a message for each flight.
pub(super) fn ics2(rows: &[&Row]) -> Vec<u8> {
    let mut out = Vec::new();
    let groups = by_master(rows);
    let Some(first) = rows.first() else { return out };
    let mut tree = Tree::new();
    tree.within("IE3F32 xmlns=\"urn:wco:datamodel:eu:ics2:2\"", |tree| {
        tree.leaf("LRN", &format!("L{}{}", minute_of(first), first.courier_id));
        tree.leaf("documentIssueDate", &format!("{}Z", issued(first)));
        tree.within("CustomsOfficeOfFirstEntry", |tree| {
            tree.leaf("referenceNumber", &first.office);
        });
        tree.within("ActiveBorderTransportMeans", |tree| {
            tree.leaf("modeOfTransport", mode(first));
        });
        tree.within("Declarant", |tree| {
            tree.leaf("name", &first.declarant_name);
            tree.leaf("identificationNumber", &first.declarant_id);
        });
        for (master, rows) in groups {
            tree.within("ConsignmentMasterLevel", |tree| {
                tree.within("TransportDocumentMasterLevel", |tree| {
                    tree.leaf("documentNumber", &master);
                });
                for row in rows {
                    express(tree, row, &master);
                }
            });
        }
    });
    out.extend(tree.end());
    out
}

fn express(tree: &mut Tree, row: &Row, master: &str) {
    tree.within("ConsignmentHouseLevel", |tree| {
        tree.figure("totalGrossMass", row.gross_mass_kg);
        for (element, named, phone) in [
            ("Consignor", consignor(row), ""),
            ("Consignee", consignee(row), row.consignee_phone.as_str()),
        ] {
            let (id, name, address, country) = named;
            tree.within(element, |tree| {
                tree.leaf("name", name);
                tree.leaf("identificationNumber", id);
                tree.within("Address", |tree| {
                    tree.leaf("country", country);
                    tree.leaf("street", address);
                });
                if !phone.is_empty() {
                    tree.within("Communication", |tree| {
                        tree.leaf("identifier", phone);
                        tree.leaf("type", "TE");
                    });
                }
            });
        }
        tree.within("PlaceOfLoading", |tree| tree.leaf("UNLOCODE", &row.loading_port));
        tree.within("PlaceOfUnloading", |tree| tree.leaf("UNLOCODE", &row.discharge_port));
        tree.within("TransportDocumentMasterLevel", |tree| tree.leaf("documentNumber", master));
        tree.within("TransportDocumentHouseLevel", |tree| {
            tree.leaf("documentNumber", &row.house_bill);
            tree.leaf("type", "N703");
        });
        tree.within("GoodsItem", |tree| {
            tree.within("Commodity", |tree| {
                tree.leaf("descriptionOfGoods", &row.description);
                let digits: String = row.hs_code.chars().filter(char::is_ascii_digit).collect();
                if digits.len() >= 6 {
                    tree.within("CommodityCode", |tree| {
                        tree.leaf("harmonizedSystemSubHeadingCode", &digits[..6]);
                    });
                }
            });
            tree.within("Packaging", |tree| {
                tree.leaf("typeOfPackages", &row.package_type);
                tree.figure("numberOfPackages", row.packages);
            });
            tree.within("Weight", |tree| {
                tree.figure("grossMass", row.gross_mass_kg);
                tree.figure("netMass", row.net_mass_kg);
            });
        });
    });
}

/// An ASYCUDA World declaration.
pub(super) fn sad(rows: &[&Row]) -> Vec<u8> {
    let mut tree = Tree::new();
    let Some(row) = rows.first() else { return tree.end() };
    let kind = match row.direction.as_str() {
        "export" => "EX",
        "transit" | "transhipment" => "TR",
        _ => "IM",
    };
    tree.within("ASYCUDA", |tree| {
        tree.within("Identification", |tree| {
            tree.within("Office_segment", |tree| {
                tree.leaf("Customs_clearance_office_code", &row.office);
            });
            tree.within("Type", |tree| tree.leaf("Type_of_declaration", kind));
            tree.within("Registration", |tree| {
                tree.leaf("Number", &row.declaration_id);
                tree.leaf("Date", day_of(row));
            });
        });
        tree.within("Traders", |tree| {
            for (element, (id, name, address, _)) in
                [("Exporter", consignor(row)), ("Consignee", consignee(row))]
            {
                tree.within(element, |tree| {
                    tree.leaf(&format!("{element}_code"), id);
                    // The form has one text for both, a line each.
                    tree.0.push_str(&format!("<{element}_name>"));
                    let (name, address) = (escaped(name), escaped(address));
                    tree.0.push_str(&format!("{name}\n{address}</{element}_name>"));
                });
            }
        });
        tree.within("Declarant", |tree| {
            tree.leaf("Declarant_code", &row.declarant_id);
            tree.leaf("Declarant_name", &row.declarant_name);
        });
        tree.within("General_information", |tree| {
            tree.within("Country", |tree| {
                tree.within("Export", |tree| {
                    tree.leaf("Export_country_code", &row.departure_country);
                });
                tree.within("Destination", |tree| {
                    tree.leaf("Destination_country_code", &row.destination_country);
                });
            });
        });
        tree.within("Transport", |tree| {
            tree.within("Means_of_transport", |tree| {
                tree.within("Border_information", |tree| {
                    tree.leaf("Identity", &row.carrier_id);
                    tree.leaf("Mode", mode(row));
                });
            });
            tree.within("Place_of_loading", |tree| tree.leaf("Code", &row.loading_port));
        });
        if !row.container_no.is_empty() {
            tree.within("Container", |tree| {
                tree.leaf("Container_identity", &row.container_no);
            });
        }
        tree.within("Item", |tree| {
            tree.within("Packages", |tree| {
                tree.figure("Number_of_packages", row.packages);
                tree.leaf("Kind_of_packages_code", &row.package_type);
            });
            tree.within("Tarification", |tree| {
                tree.within("HScode", |tree| {
                    let digits: String = row.hs_code.chars().filter(char::is_ascii_digit).collect();
                    let (base, tail) = digits.split_at(digits.len().min(8));
                    tree.leaf("Commodity_code", base);
                    tree.leaf("Precision_1", tail);
                });
            });
            tree.within("Goods_description", |tree| {
                tree.leaf("Country_of_origin_code", &row.origin_country);
                tree.leaf("Commercial_Description", &row.description);
            });
            tree.within("Previous_doc", |tree| {
                tree.leaf("Summary_declaration", &row.master_bill);
            });
            tree.within("Valuation_item", |tree| {
                tree.within("Weight_itm", |tree| {
                    tree.figure("Gross_weight_itm", row.gross_mass_kg);
                    tree.figure("Net_weight_itm", row.net_mass_kg);
                });
                tree.leaf("Total_CIF_itm", &money(row));
            });
        });
    });
    tree.end()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A manifest of ASYCUDA World.
pub(super) fn awmds(rows: &[&Row]) -> Vec<u8> {
    let mut tree = Tree::new();
    let Some(first) = rows.first() else { return tree.end() };
    tree.within("Awmds", |tree| {
        tree.within("General_segment", |tree| {
            tree.within("General_segment_id", |tree| {
                tree.leaf("Customs_office_code", &first.office);
                tree.leaf("Voyage_number", &format!("{}W", &minute_of(first)[4..8]));
                tree.leaf("Date_of_departure", day_of(first));
            });
            tree.within("Transport_information", |tree| {
                tree.within("Carrier", |tree| tree.leaf("Carrier_code", &first.carrier_id));
                tree.leaf("Mode_of_transport_code", "1");
                tree.leaf("Identity_of_transporter", "HARBOUR STAR");
            });
        });
        for (n, row) in rows.iter().enumerate() {
            tree.within("Bol_segment", |tree| {
                tree.within("Bol_id", |tree| {
                    tree.leaf("Bol_reference", &row.house_bill);
                    tree.leaf("Line_number", &(n + 1).to_string());
                    let nature = match row.direction.as_str() {
                        "export" => "22",
                        "transit" => "24",
                        "transhipment" => "28",
                        _ => "23",
                    };
                    tree.leaf("Bol_nature", nature);
                    tree.leaf("Bol_type_code", "HSB");
                    tree.leaf("Master_bol_ref_number", &row.master_bill);
                });
                tree.within("Load_unload_place", |tree| {
                    tree.leaf("Place_of_loading_code", &row.loading_port);
                    tree.leaf("Place_of_unloading_code", &row.discharge_port);
                });
                tree.within("Traders_segment", |tree| {
                    for (element, (id, name, address, _)) in
                        [("Exporter", consignor(row)), ("Consignee", consignee(row))]
                    {
                        tree.within(element, |tree| {
                            tree.leaf(&format!("{element}_name"), name);
                            tree.leaf(&format!("{element}_code"), id);
                            tree.leaf(&format!("{element}_address"), address);
                        });
                    }
                });
                if !row.container_no.is_empty() {
                    tree.within("ctn_segment", |tree| {
                        tree.leaf("Ctn_reference", &row.container_no);
                        tree.leaf("Empty_Full", "1/1");
                        tree.leaf("Marks1", &row.seal_no);
                    });
                }
                tree.within("Goods_segment", |tree| {
                    tree.figure("Number_of_packages", row.packages);
                    tree.leaf("Package_type_code", &row.package_type);
                    tree.figure("Gross_mass", row.gross_mass_kg);
                    tree.leaf("Goods_description", &row.description);
                });
            });
        }
    });
    tree.end()
}
